import type { Kube } from '../cluster/kube/kube.ts'
import { showClaim } from '../cluster/kube/show-claim.ts'
import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import { removalSteps, type Undoer } from '../cluster/inventory/removals.ts'
import { confirm } from '../core/ask.ts'
import { StoppedError, usageError } from '../core/errors.ts'
import { makePlan } from '../core/plan.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { contextOf } from '../core/walk.ts'
import { volumesOf } from '../services/remove/claims.ts'
import { madeByUs } from '../services/remove/namespaces.ts'
import { recordedDeps, recordedUndoer } from '../services/recorded-undo.ts'
import { madeNamespaces } from '../services/remove/made-namespaces.ts'
import { readUndo } from '../services/remove/undo.ts'
import type { App, CommonFlags, SettingFlags } from '../app/app.ts'
import { chosenServices } from '../app/chosen-services.ts'
import { hostsChange } from '../app/update-hosts.ts'
import { withRecorded, type Recorded } from '../app/recorded.ts'
import { asBroughtUp } from '../app/settings.ts'
import { walkShown } from '../app/walk-shown.ts'

/** What went and what stays, as `--json` prints it. */
type Undeployed = {
  readonly cluster: string
  readonly removed: readonly string[]
  readonly kept: readonly string[]
  readonly warnings: readonly string[]
  readonly seconds: number
}

/** `undeploy`: takes services out of the running cluster, by its record. The file is not asked what they were. */
export const undeploy = async (
  app: App,
  services: readonly string[],
  given: CommonFlags & SettingFlags,
): Promise<void> => {
  if (services.length === 0 && given.env.length === 0)
    throw usageError(
      'Which service is meant?',
      'kindup undeploy SERVICE',
      'kindup undeploy --env NAME',
      'kindup down   # takes everything away',
    )
  const terminal = app.terminal(given)
  const flags = await asBroughtUp(app, given, terminal, 'to change')
  const started = performance.now()
  const warnings: string[] = []
  const request = { app, flags, terminal, command: `kindup undeploy ${services.join(' ')}`.trim() }
  const done = await withRecorded(
    request,
    { warn: (_id, text) => void warnings.push(text) },
    async (recorded, config): Promise<Omit<Undeployed, 'warnings' | 'seconds'>> => {
      // As with `down`: what is not there is away.
      const entries = recorded?.entries ?? new Map<string, InventoryEntry>()
      const gone = chosenServices(entries, { services, environments: flags.env }, config)
      const nothing = { cluster: config.name, removed: [], kept: [] }
      return recorded && gone.length > 0 ? removeDeployed(gone, recorded, { app, flags, terminal }, warnings) : nothing
    },
  )
  const seconds = Math.round(performance.now() - started) / 1000
  show({ ...done, warnings: [...new Set(warnings)], seconds }, flags, terminal)
}

const removeDeployed = async (
  gone: readonly InventoryEntry[],
  recorded: Recorded,
  { app, flags, terminal }: { readonly app: App; readonly flags: CommonFlags; readonly terminal: Terminal },
  warnings: string[],
): Promise<Omit<Undeployed, 'warnings' | 'seconds'>> => {
  const { cluster, config, entries, record, options } = recorded
  const ids = new Set(gone.map(({ id }) => id))
  const staying = [...entries.values()].filter(({ id }) => !ids.has(id))
  for (const { id, needs } of staying) {
    const missed = needs.filter((need) => ids.has(need))
    if (missed.length > 0) warnings.push(`${id} needs ${missed.join(', ')}, and stays.`)
  }
  const ctx = contextOf(options, 'undeploy')
  if (terminal.interactive && !flags.yes) await askAboutData(gone, await cluster.kube(ctx), app)
  const deps = recordedDeps({ cluster, env: app.env }, staying)
  const takeOne = recordedUndoer(gone, staying, deps)
  // From here on it counts as interrupted: an `up` that comes instead of a second `undeploy` makes it whole.
  const undo: Undoer = async (entry, context) => {
    await record.begin(entry)
    await takeOne(entry, context)
  }
  const hosts = await hostsChange(recorded, { gone, come: [] }, terminal)
  const kube = await cluster.kube(ctx)
  const namespaces = await madeNamespaces(gone, (name) => madeByUs(kube, name))

  const titles = new Map(gone.map(({ id, title }) => [id, title]))
  const steps = removalSteps(
    entries,
    staying.map(({ id }) => id),
    { helm: undo, objects: undo },
    // Last of all: who finds no entry looks for no namespace and no names.
    () => Promise.resolve({ ...record, forget: () => Promise.resolve() }),
  ).map((step) => ({ ...step, title: titles.get(step.id) ?? step.title }))
  const done = await walkShown(makePlan([], new Map(), steps), options, terminal, config.name)

  await hosts?.write(ctx)
  for (const { id } of done) await record.forget(id)
  const left = new Set(await madeNamespaces(gone, (name) => madeByUs(kube, name)))
  return {
    cluster: config.name,
    removed: [
      ...done.map(({ id }) => id),
      ...namespaces.filter((name) => !left.has(name)).map((name) => `namespace ${name}`),
      ...(hosts?.removed ?? []).map((host) => `${host} in ${hosts?.file}`),
    ],
    kept: [...left].map((name) => `namespace ${name}`),
  }
}

/** Data comes back with no `up`. Throws StoppedError on a no. */
const askAboutData = async (gone: readonly InventoryEntry[], kube: Kube, app: App): Promise<void> => {
  const lists = await Promise.all(gone.map(({ id, undo }) => volumesOf(kube, id, readUndo(undo))))
  const volumes = lists.flat()
  if (volumes.length === 0) return
  const question = `This deletes the data of ${volumes.map(showClaim).join(', ')}. Go on?`
  if (!(await confirm(question, { byDefault: false, signal: app.signal })))
    throw new StoppedError('Stopped at the question; nothing was changed.')
}

const show = (undeployed: Undeployed, flags: CommonFlags, { json, out, err, colour, outColour }: Terminal): void => {
  const { cluster, removed, kept, warnings, seconds } = undeployed
  for (const warning of warnings) err(`${colour.yellow('!')} ${warning}`)
  if (flags.json) return json(undeployed)
  for (const thing of removed) out(`${outColour.red('-')} ${thing}`)
  for (const thing of kept) out(outColour.dim(`= ${thing} (it stays)`))
  out(
    removed.length === 0
      ? `Nothing of that is deployed to ${cluster}.`
      : `${outColour.green('✓')} Gone from ${cluster} (${seconds.toFixed(1)} s). \`kindup up\` brings it back while the file has it.`,
  )
}
