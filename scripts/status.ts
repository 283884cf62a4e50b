import { assess } from '../core/assess.ts'
import { exit } from '../core/errors.ts'
import { oneLine } from '../core/print/one-line.ts'
import { table } from '../core/print/table.ts'
import { wrapped } from '../core/print/wrapped.ts'
import type { Status } from '../core/step.ts'
import { contextOf } from '../core/walk.ts'
import { command, withPlanFlags, type CommandFile, type WalkFlags } from './app.ts'
import { openEnvironment } from './environment.ts'
import { asBroughtUp } from './settings.ts'

/** `status`: asks every step, and says what is wrong in one line each. */
export const status: CommandFile = (app, end) =>
  withPlanFlags(command('status', 'ask every step how it stands')).action(async (given: WalkFlags) => {
    const flags = await asBroughtUp(app, given, app.terminal(given))
    const environment = await openEnvironment(app, flags)
    const statuses = await assess(environment.steps, (step) =>
      contextOf({ signal: app.signal, timeoutMs: flags.timeout }, step.id),
    )
    const healthy = [...statuses.values()].every(({ state }) => state === 'ready')
    const { out, outColour: colour, outColumns } = app.terminal(flags)
    if (flags.json) {
      const steps = [...statuses].map(([id, stands]) => ({ id, state: stands.state, why: whyOf(stands) ?? null }))
      out(JSON.stringify({ cluster: environment.config.name, healthy, steps }, undefined, 2))
    } else {
      const mark = (state: Status['state']): string =>
        state === 'ready' ? colour.green('✓') : state === 'broken' ? colour.red('✗') : colour.yellow('!')
      out(
        wrapped(
          table(
            [...statuses].map(([id, stands]) => [`${mark(stands.state)} ${id}`, stands.state, whyOf(stands) ?? '']),
          ),
          outColumns,
        ),
      )
      out(
        healthy
          ? `\n${environment.config.name} is as the file says.`
          : `\n${environment.config.name} is not as the file says. \`kindup up\` makes it so.`,
      )
    }
    if (!healthy) end(exit.failed)
  })

const whyOf = (stands: Status): string | undefined =>
  'why' in stands ? oneLine(stands.why) : 'what' in stands ? oneLine(stands.what) : undefined
