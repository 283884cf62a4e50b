import { readExistingMark } from '../cluster/existing/mark.ts'
import { situationOf } from '../cluster/kind/situation.ts'
import { makeCluster, type MadeCluster } from '../cluster/make-cluster.ts'
import type { Container } from '../cluster/engine/engine.ts'
import { startsOf } from '../cluster/ready/node-starts.ts'
import type { Config } from '../config/config.ts'
import { subjectOf } from '../config/subject.ts'
import { ConfigError, EnvironmentError, KindupError } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Context, Status } from '../core/step.ts'
import { probeRecorded } from '../services/probe-recorded.ts'
import { toolsHere } from '../cluster/tools/tools-here.ts'
import { loadOptions, type App, type WalkFlags } from './app.ts'
import { fileOf, fileOrName } from './file-here.ts'
import { nameAlone } from './recorded.ts'
import { runOf } from './run-of.ts'
import { version } from './version.ts'

/** A cluster that is looked at without its file: nothing is held, and nothing written. */
export type ObservedCluster = { readonly cluster: MadeCluster; readonly containers: readonly Container[] }

/**
 * The cluster of `--name`, where the file cannot be read or there is none; undefined where it can: then the file counts.
 * Without the flag the file's mistakes are what has to be known. Throws ConfigError, `not-ours`, `cluster-absent`.
 */
export const withoutFile = async (
  app: App,
  flags: WalkFlags,
  terminal: Terminal,
): Promise<ObservedCluster | undefined> => {
  const { only, skip, env, set, image } = flags
  // What narrows or changes the file wants the file.
  const wantsFile = [only, skip, env, set, image].some(({ length }) => length > 0)
  if (flags.name === undefined || wantsFile) {
    await fileOf(app, flags).catch(async (error: unknown) => {
      throw error instanceof ConfigError && !wantsFile ? await withName(error, app, flags) : error
    })
    return undefined
  }
  const found = await fileOrName(app, flags, terminal)
  return 'services' in found ? undefined : observedCluster(app, nameAlone(found, app.cwd))
}

const withName = async (error: ConfigError, app: App, flags: WalkFlags): Promise<ConfigError> => {
  const { name = 'NAME' } = await subjectOf(loadOptions(app, flags))
  const { message, problems, hints, code } = error
  return new ConfigError(message, {
    problems,
    code,
    hints: [...hints, `With --name ${name} the cluster is asked, and no file is needed.`],
  })
}

const observedCluster = async (app: App, config: Config): Promise<ObservedCluster> => {
  const run = runOf(app)
  const tools = toolsHere({ want: config.tools, run, env: app.env, signal: app.signal })
  const cluster = makeCluster({ config, run, tools, env: app.env, version: version(), signal: app.signal })
  const { context } = config.cluster
  if (context !== undefined) {
    const mark = await readExistingMark(await cluster.access.kube(), context)
    if (mark?.name === config.name) return { cluster, containers: [] }
    throw new EnvironmentError('cluster-absent', `Nothing of ${config.name} is in the cluster of context ${context}.`, {
      hints: ['kindup up'],
    })
  }
  const { marker, containers } = await situationOf(await cluster.engine(), config.name)
  if (containers.length === 0)
    throw new EnvironmentError('cluster-absent', `There is no cluster ${config.name}.`, {
      hints: ['`kind get clusters` lists those that are there.'],
    })
  if (!marker)
    throw new EnvironmentError('not-ours', `There is a kind cluster ${config.name}, and kindup did not make it.`, {
      hints: ['Another cluster is meant with --name NAME.'],
    })
  return { cluster, containers }
}

/** How everything stands that the cluster remembers: its API, its nodes, and each recorded step. */
export const recordedStatuses = async (
  { cluster, containers }: ObservedCluster,
  context: Context,
): Promise<ReadonlyMap<string, Status>> => {
  const stopped = containers.filter(({ running }) => !running).map(({ name }) => name)
  const nodes: Status =
    stopped.length === 0
      ? { state: 'ready' }
      : { state: 'broken', why: `${stopped.join(', ')} ${stopped.length > 1 ? 'do' : 'does'} not run` }
  try {
    const kube = await cluster.kube(context)
    const entries = await (await cluster.record(context)).entries()
    const isMade = cluster.config.cluster.context === undefined
    const { aheadMs = 0 } = isMade ? await (await cluster.engine()).info() : {}
    const names = containers.map(({ name }) => name)
    const starts = startsOf(names, containers, Date.now() + aheadMs)
    const steps = await Promise.all(
      [...entries.values()].map(
        async (entry) => [entry.id, await probeRecorded(kube, entry, starts).catch(unasked)] as const,
      ),
    )
    return new Map<string, Status>([
      ['cluster/api', { state: 'ready' }],
      ...(isMade ? [['cluster/nodes', nodes] as const] : []),
      ...steps,
    ])
  } catch (error) {
    context.signal.throwIfAborted()
    if (!(error instanceof KindupError)) throw error
    return new Map<string, Status>([
      ['cluster/api', { state: 'broken', why: error.message }],
      ['cluster/nodes', nodes],
    ])
  }
}

/** One step that cannot be asked about, such as a kind that nothing serves any more, says nothing of the others. */
const unasked = (error: unknown): Status => {
  if (error instanceof EnvironmentError) return { state: 'unknown', why: error.message }
  throw error
}
