import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { automatic, limits } from '../app/keep-for-reset.ts'
import { demandTarget } from '../cluster/layout/demand-target.ts'
import { refuseInterrupted } from '../cluster/snapshot/interruption.ts'
import { listSnapshots } from '../cluster/snapshot/list.ts'
import { passingName, type Snapshot } from '../cluster/snapshot/manifest.ts'
import { restoreSnapshot } from '../cluster/snapshot/restore.ts'
import { exportSnapshot } from '../cluster/snapshot/export.ts'
import { removeSnapshot, saveSnapshot } from '../cluster/snapshot/save.ts'
import { EnvironmentError, usageError } from '../core/errors.ts'
import { ageText } from '../core/print/age.ts'
import { valueAt } from '../core/fields.ts'
import { table } from '../core/print/table.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { version } from '../app/version.ts'
import { withNodes, type HeldNodes } from '../app/with-nodes.ts'

export type SnapshotFlags = CommonFlags & SettingFlags
export type SaveFlags = SnapshotFlags & { readonly file?: string }

const usual = 'default'

/** `snapshot save`: keeps what the cluster holds now, in its nodes or in a file. */
export const save = async (app: App, given: string | undefined, flags: SaveFlags): Promise<void> => {
  if (flags.file !== undefined) return saveFile(app, given, { ...flags, file: resolve(app.cwd, flags.file) })
  const name = named(given)
  const terminal = app.terminal(flags)
  const started = performance.now()
  const saved = await withNodes(app, flags, { terminal, command: 'kindup snapshot save' }, async (held) => {
    await endInterrupted(held, flags, report(app, flags))
    return saveSnapshot({ ...held, name, version: version() })
  })
  const seconds = secondsSince(started)
  sayLeft(saved, terminal)
  if (flags.json) return terminal.json({ snapshot: shown(saved), seconds })
  const held = saved.frozenMs > 0 ? `; writers to volumes were held for ${(saved.frozenMs / 1000).toFixed(1)} s` : ''
  terminal.out(
    `${terminal.outColour.green('✓')} Saved ${name} (${sizeText(saved.bytes)}, ${seconds.toFixed(1)} s${held}).`,
  )
}

/** What others start from. In the nodes it stays only where it has a name. */
const saveFile = async (
  app: App,
  given: string | undefined,
  flags: SnapshotFlags & { readonly file: string },
): Promise<void> => {
  const { file } = flags
  const name = given === undefined ? passingName : named(given)
  await demandTarget(file, 'seeded.kindup')
  const terminal = app.terminal(flags)
  const started = performance.now()
  const { saved, images } = await withNodes(app, flags, { terminal, command: 'kindup snapshot save' }, async (held) => {
    await endInterrupted(held, flags, report(app, flags))
    const snapshot = await saveSnapshot({ ...held, name, version: version() })
    try {
      const { cluster, record, config } = held.recorded
      const packed = await exportSnapshot({
        ...held,
        file,
        snapshot,
        record,
        engine: await cluster.engine(),
        networking: valueAt(config.cluster.kind, 'networking') ?? {},
        env: app.env,
        ...(app.spawn && { spawn: app.spawn }),
        report: report(app, flags),
      })
      return { saved: snapshot, images: packed }
    } finally {
      if (given === undefined) await removeSnapshot(name, held.nodes)
    }
  })
  const { size } = await stat(file)
  sayLeft(saved, terminal)
  const seconds = secondsSince(started)
  if (flags.json)
    return terminal.json({ file, bytes: size, images, snapshot: { ...shown(saved), name: given ?? null }, seconds })
  const held = images.length > 0 ? `, with the images ${images.join(', ')}` : ''
  terminal.out(`${terminal.outColour.green('✓')} Saved ${file} (${sizeText(size)}, ${seconds.toFixed(1)} s)${held}.`)
  terminal.out(
    `  It holds the Secrets of the cluster, and only you can read it. kindup up --snapshot ${file} starts from it.`,
  )
}

const sayLeft = ({ left }: Snapshot, { err, colour }: Terminal): void => {
  for (const folder of left)
    err(
      `${colour.yellow('!')} ${folder} is not kept: a mount brings it into the node, and it belongs to somebody else.`,
    )
}

/** `snapshot restore`: makes the cluster what it was then. */
export const restore = async (app: App, given: string | undefined, flags: SnapshotFlags): Promise<void> =>
  putBack(app, named(given), flags, { command: 'kindup snapshot restore', why: '', hints: ['kindup snapshot list'] })

/** `reset`: the cluster as the last `up` left it. */
export const reset = async (app: App, flags: SnapshotFlags): Promise<void> =>
  putBack(app, automatic, flags, {
    command: 'kindup reset',
    why: `, for its last up kept none: volumes of a node held too much, it could not begin within ${limits.ms / 1000} s, or it was told not to`,
    hints: [`kindup snapshot save ${automatic}   # keeps how everything is now, for kindup reset`],
  })

const putBack = async (
  app: App,
  name: string,
  flags: SnapshotFlags,
  { command, why, hints }: { readonly command: string; readonly why: string; readonly hints: readonly string[] },
): Promise<void> => {
  const terminal = app.terminal(flags)
  const started = performance.now()
  const done = await withNodes(app, flags, { terminal, command }, async (held) => {
    const snapshot = (await listSnapshots(held.nodes)).snapshots.find((one) => one.name === name)
    if (!snapshot)
      throw new EnvironmentError('snapshot-absent', `The cluster ${held.name} has no snapshot ${name}${why}.`, {
        hints,
      })
    const options = { ...held, snapshot, timeoutMs: flags.timeout, report: report(app, flags) }
    return { snapshot, ...(await restoreSnapshot(options)) }
  })
  const seconds = secondsSince(started)
  const { snapshot, keys, containers } = done
  if (flags.json) return terminal.json({ snapshot: shown(snapshot), changed: keys, restarted: containers, seconds })
  terminal.out(
    `${terminal.outColour.green('✓')} The cluster is as ${name === automatic ? 'the last up left it' : `${name} has it`}: ${keys} objects changed, ${containers} containers started again (${seconds.toFixed(1)} s).`,
  )
}

/** `snapshot list`: those of one cluster, by name. */
export const list = async (app: App, flags: SnapshotFlags): Promise<void> => {
  const terminal = app.terminal(flags)
  const { snapshots, interrupted } = await withNodes(
    app,
    flags,
    { terminal, command: 'kindup snapshot list' },
    ({ nodes }) => listSnapshots(nodes),
  )
  const { json, out, err, outColour, colour } = terminal
  if (interrupted)
    err(
      `${colour.yellow('!')} Restoring ${interrupted.name} was interrupted: kindup snapshot restore ${interrupted.name} ends it.`,
    )
  if (flags.json) return json({ snapshots: snapshots.map(shown), interrupted: interrupted?.name ?? null })
  if (snapshots.length === 0) return out('There is no snapshot. kindup snapshot save NAME makes one.')
  const rows = snapshots.map((one) => [
    one.name,
    ageText(Math.max(0, Date.now() - Date.parse(one.created))),
    sizeText(one.bytes),
  ])
  out(table([['NAME', 'AGE', 'SIZE'].map((title) => outColour.dim(title)), ...rows], ''))
}

/** `snapshot remove`: nothing there is no error. */
export const remove = async (app: App, given: string | undefined, flags: SnapshotFlags): Promise<void> => {
  const name = named(given)
  const terminal = app.terminal(flags)
  const isRemoved = await withNodes(app, flags, { terminal, command: 'kindup snapshot remove' }, ({ nodes }) =>
    removeSnapshot(name, nodes),
  )
  if (flags.json) return terminal.json({ removed: isRemoved ? [name] : [] })
  terminal.out(isRemoved ? `${terminal.outColour.red('-')} ${name}` : `There was no snapshot ${name}.`)
}

/** Half of one state is never saved as another. */
const endInterrupted = async (held: HeldNodes, flags: SnapshotFlags, tell: (line: string) => void): Promise<void> => {
  const { interrupted } = await listSnapshots(held.nodes)
  // One that came out of a file is ended by `up`.
  if (!interrupted) return refuseInterrupted(held.kube, held.name)
  tell(`ending the restore of ${interrupted.name} that was interrupted`)
  await restoreSnapshot({ ...held, snapshot: interrupted, timeoutMs: flags.timeout, report: tell })
}

const named = (given = usual): string => {
  // It becomes the name of a file in the node.
  if (/^[a-z0-9][a-z0-9.-]{0,60}$/.test(given)) return given
  throw usageError(
    `${JSON.stringify(given)} cannot name a snapshot.`,
    'It takes lower-case letters, digits, dots and dashes, such as before-migration.',
  )
}

const report = (app: App, flags: SnapshotFlags) => {
  const { err, colour } = app.terminal(flags)
  return (line: string): void => err(colour.dim(`  ${line}`))
}

const shown = ({ name, created, bytes, kubernetes, frozenMs, left }: Snapshot) => ({
  name,
  created,
  bytes,
  kubernetes,
  frozenSeconds: frozenMs / 1000,
  left,
})

const secondsSince = (started: number): number => Math.round(performance.now() - started) / 1000

const sizeText = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
