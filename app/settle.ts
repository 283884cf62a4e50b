import { lookup } from 'node:dns/promises'
import type { Engine } from '../cluster/engine/engine.ts'
import type { Existing } from '../cluster/existing/inspect.ts'
import { binderOf } from '../cluster/ports/binder.ts'
import { seePorts } from '../cluster/ports/see-ports.ts'
import { settlePorts, type PortConflict } from '../cluster/ports/settle.ts'
import type { Config } from '../config/config.ts'
import { boundSignal, untilStopped } from '../core/bound.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Run } from '../core/run.ts'

/** The file with what only this machine and its engine can tell: the host ports, and where the engine's machine is. */
export type Settled = {
  readonly config: Config
  /** Host ports of the file that cannot be had. */
  readonly conflicts: readonly PortConflict[]
  /** The address of the engine's machine, where that is another one. */
  readonly address?: string
  readonly problems: readonly Problem[]
  /** What an existing cluster told of itself. */
  readonly seen?: Existing
}

type Dependencies = {
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly recreate: boolean
  /** Somebody agreed to other ports. */
  readonly fallback: boolean
  /** Somebody looks at the numbers. */
  readonly nice: boolean
}

/** Settles the host ports before anything is planned with them. An engine that does not answer is no trouble here. */
export const settle = async (
  config: Config,
  engine: () => Promise<Engine>,
  dependencies: Dependencies,
): Promise<Settled> => {
  const { containers, moved, binder } = await known(config, engine, dependencies)
  const { nodes, conflicts } = await settlePorts(config, {
    containers,
    moved,
    binder,
    fallback: dependencies.fallback || config.cluster.onPortConflict === 'fallback',
    nice: dependencies.nice,
    recreate: dependencies.recreate,
  })
  const settled = { ...config, cluster: { ...config.cluster, nodes } }
  if (binder?.host === undefined) return { config: settled, conflicts, problems: [] }
  const address = await addressOf(binder.host)
  if (address !== undefined) return { config: settled, conflicts, address, problems: [] }
  const message = `${binder.host}, the machine of the engine, is no name that resolves here: host names lead nowhere.`
  return { config: settled, conflicts, problems: [{ severity: 'warning', message }] }
}

const known = async (config: Config, find: () => Promise<Engine>, { run, env }: Dependencies) => {
  try {
    const engine = await find()
    const [seen, binder] = await Promise.all([seePorts(engine, config), binderOf(engine, run, env)])
    return { ...seen, binder }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return { containers: [], moved: new Map<string, never>(), binder: undefined }
  }
}

/** Undefined where the name does not resolve here. */
export const addressOf = async (host: string): Promise<string | undefined> =>
  (await untilStopped(addressFor(host), boundSignal()))?.address

const addressFor = (host: string) => lookup(host, { family: 4 }).catch(() => lookup(host).catch(() => undefined))
