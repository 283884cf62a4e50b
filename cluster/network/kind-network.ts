import { EnvironmentError } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'

export type KindNetwork = {
  readonly subnets: readonly string[]
  readonly gateways: readonly string[]
  /** The interface of this machine that it is, where that can be told. */
  readonly bridge?: string
}

/** Docker's and nerdctl's words, and podman's. */
type Inspected = {
  readonly Id?: string
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string; readonly Gateway?: string }[] | null }
  readonly Options?: Readonly<Record<string, string>> | null
  readonly subnets?: readonly { readonly subnet?: string; readonly gateway?: string }[]
  readonly network_interface?: string
}

/** The network that kind makes for all its clusters; undefined where there is none. */
export const readKindNetwork = async (engine: Engine, run: Run): Promise<KindNetwork | undefined> => {
  let text: string
  try {
    text = (await run(engine.command, ['network', 'inspect', 'kind'], { timeoutMs: 5_000 })).stdout
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return undefined
  }
  const [network] = parsed(text)
  if (!network) return undefined
  const ranges = [
    ...(network.IPAM?.Config ?? []).map(({ Subnet, Gateway }) => ({ subnet: Subnet, gateway: Gateway })),
    ...(network.subnets ?? []),
  ]
  const bridge =
    network.network_interface ??
    network.Options?.['com.docker.network.bridge.name'] ??
    (network.Id === undefined ? undefined : `br-${network.Id.slice(0, 12)}`)
  return {
    subnets: ranges.flatMap(({ subnet }) => subnet ?? []),
    gateways: ranges.flatMap(({ gateway }) => gateway?.split('/')[0] ?? []),
    ...(bridge === undefined ? {} : { bridge }),
  }
}

const parsed = (text: string): readonly Inspected[] => {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? (value as readonly Inspected[]) : []
  } catch {
    return []
  }
}
