import { assess } from '../core/assess.ts'
import { exit } from '../core/errors.ts'
import { oneLine } from '../core/print/one-line.ts'
import { table } from '../core/print/table.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { wrapped } from '../core/print/wrapped.ts'
import type { Status } from '../core/step.ts'
import { contextOf } from '../core/walk.ts'
import type { App, WalkFlags, End } from '../app/app.ts'
import { recordedStatuses, withoutFile, type ObservedCluster } from '../app/by-inventory.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { asBroughtUp } from '../app/settings.ts'

/** `status`: asks every step, and says what is wrong in one line each. */
export const status = async (app: App, given: WalkFlags, end: End): Promise<void> => {
  app.looks.probe()
  const terminal = app.terminal(given)
  const named = await withoutFile(app, given, terminal)
  const { name, statuses } = named ? await byRecord(app, given, named) : await byFile(app, given, terminal)
  const healthy = [...statuses.values()].every(({ state }) => state === 'ready')
  const { out, outColour: colour, outColumns } = terminal
  if (given.json) {
    const steps = [...statuses].map(([id, stands]) => ({ id, state: stands.state, why: whyOf(stands) ?? null }))
    out(JSON.stringify({ cluster: name, healthy, steps }, undefined, 2))
  } else {
    const mark = (state: Status['state']): string =>
      state === 'ready' ? colour.green('✓') : state === 'broken' ? colour.red('✗') : colour.yellow('!')
    out(
      wrapped(
        table([...statuses].map(([id, stands]) => [`${mark(stands.state)} ${id}`, stands.state, whyOf(stands) ?? ''])),
        outColumns,
      ),
    )
    out(
      healthy
        ? `\n${name} is as ${named ? 'it was made' : 'the file says'}.`
        : `\n${name} is not as ${named ? 'it was made' : 'the file says'}. \`kindup up\` makes it so.`,
    )
  }
  if (!healthy) end(exit.failed)
}

type Stands = { readonly name: string; readonly statuses: ReadonlyMap<string, Status> }

const byFile = async (app: App, given: WalkFlags, terminal: Terminal): Promise<Stands> => {
  const flags = await asBroughtUp(app, given, terminal)
  const { config, steps } = await openEnvironment(app, flags)
  const statuses = await assess(steps, (step) => contextOf({ signal: app.signal, timeoutMs: flags.timeout }, step.id))
  return { name: config.name, statuses }
}

const byRecord = async (app: App, { timeout }: WalkFlags, named: ObservedCluster): Promise<Stands> => ({
  name: named.cluster.config.name,
  statuses: await recordedStatuses(named, contextOf({ signal: app.signal, timeoutMs: timeout }, 'record')),
})

const whyOf = (stands: Status): string | undefined =>
  stands.state === 'ready'
    ? stands.note && oneLine(stands.note)
    : 'why' in stands
      ? oneLine(stands.why)
      : 'what' in stands
        ? oneLine(stands.what)
        : undefined
