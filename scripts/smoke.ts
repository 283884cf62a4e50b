import { exit } from '../core/errors.ts'
import { cacheFolder } from '../core/paths.ts'
import { table } from '../core/print/table.ts'
import { contextOf } from '../core/walk.ts'
import type { App, WalkFlags, End } from '../app/app.ts'
import { leavingPage, type Noting } from '../app/ci/leave-page.ts'
import { writeJunit } from '../app/ci/leave-reports.ts'
import { noteTests } from '../app/page/last-tests.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { asBroughtUp } from '../app/settings.ts'
import { reachIn, testsOf } from '../app/smoke-tests.ts'
import { smokeDocument } from '../services/smoke/document.ts'

/** `test`: runs the smoke tests of the services again, against what is running. */
export const smoke = (app: App, given: WalkFlags, end: End): Promise<void> =>
  leavingPage({ app, flags: given, terminal: app.terminal(given) }, (seen) => smokeNoting(app, given, end, seen))

const smokeNoting = async (app: App, given: WalkFlags, end: End, seen: Noting): Promise<void> => {
  const flags = await asBroughtUp(app, given, app.terminal(given))
  const environment = await openEnvironment(app, flags)
  const { config, cluster, deployables, reaches, steps } = environment
  seen.name = config.name
  seen.environment = environment
  const context = contextOf({ signal: app.signal, timeoutMs: flags.timeout }, 'test')
  await cluster.kube(context)
  const taken = deployables.filter(({ id }) => steps.some((step) => step.id === id))
  const each = await Promise.all(
    taken.map((deployable) =>
      testsOf(deployable, { reach: reachIn(reaches, deployable.id), results: [], env: app.env }, cluster, context),
    ),
  )
  const results = each.flat()
  seen.smoke = results
  await noteTests(cacheFolder(app.env), config.name, results)
  const terminal = app.terminal(flags)
  const { json, out, outColour: colour } = terminal
  await writeJunit({ app, terminal, name: config.name, junit: flags.junit, smoke: results })
  const failed = results.filter(({ ok }) => !ok).length
  if (flags.json) json({ cluster: config.name, smoke: results.map(smokeDocument) })
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
