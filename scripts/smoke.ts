import { exit } from '../core/errors.ts'
import { table } from '../core/print/table.ts'
import { contextOf } from '../core/walk.ts'
import type { App, WalkFlags, End } from '../app/app.ts'
import { writeJunit } from '../app/ci/leave-reports.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { asBroughtUp } from '../app/settings.ts'
import { reachIn, testsOf } from '../app/smoke-tests.ts'

/** `test`: runs the smoke tests of the services again, against what is running. */
export const smoke = async (app: App, given: WalkFlags, end: End): Promise<void> => {
  const flags = await asBroughtUp(app, given, app.terminal(given))
  const { config, cluster, deployables, reaches, steps } = await openEnvironment(app, flags)
  const context = contextOf({ signal: app.signal, timeoutMs: flags.timeout }, 'test')
  await cluster.kube(context)
  const taken = deployables.filter(({ id }) => steps.some((step) => step.id === id))
  const each = await Promise.all(
    taken.map((deployable) =>
      testsOf(deployable, { reach: reachIn(reaches, deployable.id), results: [], env: app.env }, cluster, context),
    ),
  )
  const results = each.flat()
  const terminal = app.terminal(flags)
  const { out, outColour: colour } = terminal
  await writeJunit({ app, terminal, name: config.name, junit: flags.junit, smoke: results })
  const failed = results.filter(({ ok }) => !ok).length
  if (flags.json) out(JSON.stringify({ cluster: config.name, smoke: results }, undefined, 2))
  else {
    if (results.length > 0)
      out(
        table(
          results.map(({ step, name, url, ok, message, ms }) => [
            `${ok ? colour.green('✓') : colour.red('✗')} ${step}`,
            /^(GET|tcp|service) /.test(name) ? url : `${name.split(' ')[0]} ${url}`,
            message ?? `${ms} ms`,
          ]),
        ),
      )
    out(
      results.length === 0
        ? `${config.name} has no smoke tests.`
        : `\n${results.length - failed} passed, ${failed} failed.`,
    )
  }
  if (failed > 0) end(exit.failed)
}
