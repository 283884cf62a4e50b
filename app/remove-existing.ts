import { rm } from 'node:fs/promises'
import { forgetContext } from '../cluster/existing/memory.ts'
import { readExistingMark, type ExistingMark } from '../cluster/existing/mark.ts'
import { inventoryNamespace, ourLabels } from '../cluster/inventory/namespace.ts'
import { removalSteps } from '../cluster/inventory/removals.ts'
import { makeCluster, type MadeCluster } from '../cluster/make-cluster.ts'
import { clusterPaths } from '../cluster/paths.ts'
import { makeTools } from '../cluster/tools/make-tools.ts'
import type { UndoResult } from '../cluster/undo.ts'
import type { Config } from '../config/config.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { withinTime } from '../core/within-time.ts'
import { contextOf, type WalkOptions } from '../core/walk.ts'
import { undoers } from '../services/deploy-step.ts'
import { listContents, showOthers } from '../services/remove/others.ts'
import { ownOf } from '../services/remove/own.ts'
import { madeByUs } from '../services/remove/namespaces.ts'
import { waitNamespaceGone } from '../services/remove/namespace-end.ts'
import { madeNamespaces } from '../services/remove/made-namespaces.ts'
import type { App, CommonFlags } from './app.ts'
import { downloadLines } from './download-lines.ts'
import { hostsUndo } from './remove-cluster.ts'
import { runOf } from './run-of.ts'
import { takeSessionLock } from './session-lock.ts'
import { version } from './version.ts'
import { confirmContext } from './existing/confirm-context.ts'

type Removal = {
  readonly app: App
  readonly flags: Pick<CommonFlags, 'yes' | 'quiet' | 'timeout' | 'confirm' | 'name'>
  readonly terminal: Terminal
  readonly config: Config
  readonly context: string
}

/**
 * Takes out of an existing cluster what kindup made in it, and leaves the rest as it was. All is tried; failures are
 * listed and not thrown, and what is left stays in the inventory. Throws `not-ours`, `not-confirmed`, `busy`, `api-unreachable`.
 */
export const removeFromExisting = async ({ app, flags, terminal, config, context }: Removal): Promise<UndoResult> => {
  const run = runOf(app)
  const done = new AbortController()
  const tools = makeTools({
    want: config.tools,
    run,
    env: app.env,
    signal: AbortSignal.any([app.signal, done.signal]),
    onProgress: downloadLines(terminal),
  })
  const cluster = makeCluster({ config, run, tools, env: app.env, version: version(), signal: app.signal })
  try {
    const mark = await readExistingMark(await cluster.access.kube(), context)
    if (mark !== undefined && mark.name !== config.name)
      throw new EnvironmentError(
        'not-ours',
        `What kindup has in the cluster of ${context} is ${mark.name}'s, not ${config.name}'s.`,
        {
          hints: [`kindup down --name ${mark.name}`],
        },
      )
    if (mark && flags.name === undefined && mark.config !== config.file)
      throw new EnvironmentError(
        'not-ours',
        `What kindup has in the cluster of ${context} was brought up from ${mark.config} (${mark.owner}), not from ${config.file}.`,
        {
          hints: [`kindup down --name ${mark.name}   # takes it away all the same`],
        },
      )
    if (mark) await confirmContext({ app, flags, terminal, name: config.name, context, access: cluster.access })
    const inside = mark ? await removeInside(cluster, { app, flags, context }) : nothing
    const beside = inside.failures.length > 0 ? nothing : await removeBeside({ app, flags, config, context, mark, run })
    return {
      removed: [...inside.removed, ...beside.removed],
      kept: [...inside.kept, ...beside.kept],
      said: [...inside.said, ...beside.said],
      failures: [...inside.failures, ...beside.failures],
    }
  } finally {
    done.abort()
  }
}

const nothing: UndoResult = { removed: [], kept: [], said: [], failures: [] }

const removeInside = async (
  cluster: MadeCluster,
  { app, flags, context }: Pick<Removal, 'app' | 'flags' | 'context'>,
): Promise<UndoResult> => {
  const hold = await takeSessionLock({ config: cluster.config, cluster }, app, 'kindup down')
  const said: string[] = []
  const options: WalkOptions = {
    signal: AbortSignal.any([app.signal, hold.lost]),
    timeoutMs: flags.timeout,
    warn: (_id, text) => void said.push(text),
  }
  const ctx = contextOf(options, 'down')
  let released = false
  try {
    await hold.takeIfThere(new Map([['cluster/api', { state: 'ready' }]]), ctx)
    const record = await cluster.record(ctx)
    const entries = await record.entries()
    const gone = [...entries.values()]
    const kube = await cluster.kube(ctx)
    const made = await madeNamespaces(gone, (name) => madeByUs(kube, name))
    const all = undoers({ cluster, env: app.env }, { deployables: [], secrets: [] }, gone)
    const removed: string[] = []
    const failures: { title: string; error: unknown }[] = []
    // One after the other, and on after a failure: what cannot go now is no reason to leave the rest.
    for (const step of removalSteps(entries, [], all, () => Promise.resolve(record))) {
      try {
        await withinTime({ of: step.id, signal: options.signal, timeoutMs: flags.timeout }, (signal) =>
          step.down(contextOf({ ...options, signal }, step.id)),
        )
        removed.push(step.id)
      } catch (error) {
        options.signal.throwIfAborted()
        failures.push({ title: step.id, error })
      }
    }
    const left = new Set(await madeNamespaces(gone, (name) => madeByUs(kube, name)))
    removed.push(...made.filter((name) => !left.has(name)).map((name) => `namespace ${name}`))
    const kept = [...left].map((name) => `namespace ${name} (others have something in it)`)
    if (failures.length > 0) return { removed, kept, said, failures }
    const bare = await cluster.access.bareKube()
    const { others } = await listContents(bare, inventoryNamespace, ownOf(gone))
    const foreign = others.filter(
      ({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] !== ourLabels['app.kubernetes.io/managed-by'],
    )
    if (foreign.length > 0) {
      said.push(
        `The namespace ${inventoryNamespace} stays: it holds ${showOthers(foreign, inventoryNamespace)}, which kindup did not make.`,
      )
      return {
        removed,
        kept: [...kept, `namespace ${inventoryNamespace} (others have something in it)`],
        said,
        failures,
      }
    }
    await hold.release()
    released = true
    await bare.delete({ apiVersion: 'v1', kind: 'Namespace', name: inventoryNamespace })
    await waitNamespaceGone(bare, inventoryNamespace, ctx)
    removed.push(`namespace ${inventoryNamespace}`)
    return { removed, kept: [...kept, `the cluster of context ${context} (it was there before)`], said, failures }
  } finally {
    if (!released) await hold.release()
  }
}

type Beside = Pick<Removal, 'app' | 'flags' | 'config' | 'context'> & {
  readonly mark: ExistingMark | undefined
  readonly run: ReturnType<typeof runOf>
}

/** What is on this machine. */
const removeBeside = async ({ app, flags, config, context, mark, run }: Beside): Promise<UndoResult> => {
  const file = mark?.hostsFile ?? (config.hosts.mode === 'file' ? config.hosts.file : undefined)
  const undos = file === undefined ? [] : await hostsUndo(app, flags, { name: config.name, file, run })
  const ends = await Promise.all(
    undos.map(({ title, run: undo }) =>
      undo().then(
        (undone): UndoResult => ({ ...undone, failures: [] }),
        (error: unknown): UndoResult => ({ ...nothing, failures: [{ title, error }] }),
      ),
    ),
  )
  const failures = ends.flatMap((end) => end.failures)
  if (failures.length === 0) {
    await rm(clusterPaths(config.name, app.env, context).folder, { recursive: true, force: true })
    await forgetContext(config.name, app.env)
  }
  return {
    removed: ends.flatMap((end) => end.removed),
    kept: ends.flatMap((end) => end.kept),
    said: ends.flatMap((end) => end.said),
    failures,
  }
}
