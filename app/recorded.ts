import { join } from 'node:path'
import { markTaken, readExistingMark } from '../cluster/existing/mark.ts'
import { situationOf } from '../cluster/kind/situation.ts'
import { makeCluster, type MadeCluster } from '../cluster/make-cluster.ts'
import type { Inventory, InventoryEntry } from '../cluster/inventory/inventory.ts'
import { makeTools } from '../cluster/tools/make-tools.ts'
import type { Config } from '../config/config.ts'
import type { Subject } from '../config/subject.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Run } from '../core/run.ts'
import { contextOf, type WalkOptions } from '../core/walk.ts'
import type { App, CommonFlags, SettingFlags } from './app.ts'
import { downloadLines } from './download-lines.ts'
import { confirmExisting } from './existing/confirm-existing.ts'
import { fileOrName } from './file-here.ts'
import { takeSessionLock } from './session-lock.ts'
import { version } from './version.ts'
import { runOf } from './run-of.ts'

/** A running cluster as its record tells of it, held by this run: what the file says by now does not matter. */
export type Recorded = {
  readonly config: Config
  readonly cluster: MadeCluster
  readonly run: Run
  readonly record: Inventory
  readonly entries: ReadonlyMap<string, InventoryEntry>
  readonly options: WalkOptions
}

/**
 * Takes hold of the cluster and calls `use` with its record; undefined, and nothing held, where there is no cluster.
 * The name alone is enough where there is no file, or one that is wrong. Throws `not-ours`, `busy`, `api-unreachable`.
 */
export const withRecorded = async <T>(
  {
    app,
    flags,
    terminal,
    command,
  }: {
    app: App
    flags: CommonFlags & SettingFlags
    terminal: Terminal
    command: string
  },
  options: Pick<WalkOptions, 'warn'>,
  use: (recorded: Recorded | undefined, config: Config) => Promise<T>,
): Promise<T> => {
  const config = await configOf(app, flags, terminal)
  const run = runOf(app)
  const done = new AbortController()
  const signal = AbortSignal.any([app.signal, done.signal])
  const tools = makeTools({ want: config.tools, run, env: app.env, signal, onProgress: downloadLines(terminal) })
  const cluster = makeCluster({ config, run, tools, env: app.env, version: version(), signal: app.signal })
  if (!(await isOurs(cluster))) return use(undefined, config)
  await confirmExisting(app, flags, terminal, { config, cluster })
  const lock = await takeSessionLock({ config, cluster }, app, command)
  const walk: WalkOptions = { signal: AbortSignal.any([app.signal, lock.lost]), timeoutMs: flags.timeout, ...options }
  const ctx = contextOf(walk, 'record')
  try {
    // The cluster is asked right away: without its API there is nothing to go by.
    await lock.takeIfThere(new Map([['cluster/api', { state: 'ready' }]]), ctx)
    const record = await cluster.record(ctx)
    return await use({ config, cluster, run, record, entries: await record.entries(), options: walk }, config)
  } finally {
    done.abort()
    await lock.release()
  }
}

/** Whether there is something of kindup in it. Not even a Lease is left in somebody else's: throws `not-ours`. */
const isOurs = async ({ config, engine, access }: MadeCluster): Promise<boolean> => {
  const { context } = config.cluster
  if (context !== undefined) {
    const mark = await readExistingMark(await access.kube(), context)
    const taken = mark && mark.name !== config.name ? markTaken(config, context, mark) : undefined
    if (taken) throw taken
    return mark !== undefined
  }
  const { marker, containers } = await situationOf(await engine(), config.name)
  if (containers.length > 0 && !marker)
    throw new EnvironmentError('not-ours', `There is a kind cluster ${config.name}, and kindup did not make it.`, {
      hints: ['It stays as it is. Another cluster is meant with --name NAME.'],
    })
  return containers.length > 0
}

const configOf = async (app: App, flags: CommonFlags & SettingFlags, terminal: Terminal): Promise<Config> => {
  const found = await fileOrName(app, flags, terminal)
  return 'services' in found ? found : nameAlone(found, app.cwd)
}

/** What is known of a cluster's file where its name is all that is known. */
export const nameAlone = ({ name, engine, context }: Subject & { readonly name: string }, folder: string): Config => ({
  name,
  file: join(folder, 'kindup.yaml'),
  folder,
  cluster: {
    ...(context === undefined ? {} : { context }),
    engine: engine ?? 'auto',
    nodes: [],
    onPortConflict: 'fail',
    mirrors: [],
    kind: {},
  },
  tools: { kind: 'auto', kubectl: 'auto', helm: 'auto' },
  addons: [],
  crds: [],
  images: [],
  secrets: [],
  environments: [],
  services: [],
  hosts: { mode: 'none', file: '', extra: [] },
  at: () => ({ file: join(folder, 'kindup.yaml') }),
})
