import { parseJson } from '../../core/whole-number.ts'
import { mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { unlessRefused } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'

export type KindNetwork = {
  readonly subnets: readonly string[]
  readonly gateways: readonly string[]
  /** The interface of this machine that it is, where that can be told. */
  readonly bridge?: string
}

/** The network that kind makes for all its clusters; undefined where there is none. */
export const readKindNetwork = async (engine: Engine, run: Run): Promise<KindNetwork | undefined> => {
  const answer = await unlessRefused(
    () => run(engine.command, ['network', 'inspect', 'kind'], { timeoutMs: 5_000 }),
    undefined,
  )
  if (!answer) return undefined
  const [network] = parsed(answer.stdout)
  if (!network) return undefined
  const ranges = [
    ...mapsAt(network, 'IPAM', 'Config').map((one) => ({
      subnet: textAt(one, 'Subnet'),
      gateway: textAt(one, 'Gateway'),
    })),
    ...mapsAt(network, 'subnets').map((one) => ({ subnet: textAt(one, 'subnet'), gateway: textAt(one, 'gateway') })),
  ]
  const id = textAt(network, 'Id')
  const bridge =
    textAt(network, 'network_interface') ??
    textAt(network, 'Options', 'com.docker.network.bridge.name') ??
    (id === undefined ? undefined : `br-${id.slice(0, 12)}`)
  return {
    subnets: ranges.flatMap(({ subnet }) => subnet ?? []),
    gateways: ranges.flatMap(({ gateway }) => gateway?.split('/')[0] ?? []),
    ...(bridge === undefined ? {} : { bridge }),
  }
}

/** Docker's and nerdctl's words, and podman's. */
const parsed = (text: string): readonly Fields[] => {
  try {
    return mapsAt(parseJson(text))
  } catch {
    return []
  }
}
