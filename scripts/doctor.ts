import { runChecks, type Outcome } from '../cluster/checks/check.ts'
import { allChecks } from '../cluster/checks/index.ts'
import type { Config } from '../config/config.ts'
import { exit } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { repairAll } from './doctor-fix.ts'
import { fileIfThere } from '../app/file-here.ts'
import { checkDependenciesOf } from '../app/check-dependencies.ts'
import { runOf } from '../app/run-of.ts'

export type DoctorFlags = CommonFlags & { readonly fix: boolean }

/** `doctor`: all checks at once, each failure with cause, evidence and fix; `--fix` does what can be done about them. */
export const doctor = async (app: App, flags: DoctorFlags, end: End): Promise<void> => {
  const run = runOf(app)
  const config = await fileIfThere(app, flags)
  const terminal = app.terminal(flags)
  const first = await probe(app, config, run)
  const dependencies = { app, flags, run, terminal, config }
  const { tried, open } = flags.fix ? await repairAll(first, dependencies) : { tried: 0, open: false }
  const checks = tried > 0 ? await probe(app, config, run) : first
  const healthy = checks.every(({ state }) => state !== 'failed')
  if (flags.json) terminal.json({ healthy, checks: checks.map(documentOf) })
  else print(checks, healthy, terminal)
  if (!healthy || open) end(exit.failed)
}

/** Again each time: what was asked before a repair does not hold after it. */
const probe = (app: App, config: Config | undefined, run: Run): Promise<readonly Outcome[]> =>
  runChecks(allChecks, checkDependenciesOf(app, config, run))

const documentOf = ({ id, state, cause, evidence, fix }: Outcome): object => ({
  id,
  state,
  cause: cause ?? null,
  evidence: evidence ?? null,
  fix: fix ?? null,
})

const print = (checks: readonly Outcome[], healthy: boolean, { out, outColour: colour }: Terminal): void => {
  const marks = {
    ok: colour.green('✓'),
    warning: colour.yellow('!'),
    failed: colour.red('✗'),
    skipped: colour.dim('-'),
  }
  for (const { id, title, state, cause, evidence, fix } of checks) {
    out(
      `${marks[state]} ${id.padEnd(12)}  ${cause ?? title}${evidence === undefined ? '' : colour.dim(`  ${evidence}`)}`,
    )
    if (state === 'failed' || state === 'warning')
      for (const line of fix?.split('\n') ?? []) out(`    ${colour.cyan('→')} ${line}`)
  }
  out(healthy ? '\nNothing stands in the way.' : '\nFix what is marked ✗, and look again.')
  if (checks.some(({ repair }) => repair !== undefined))
    out('`kindup doctor --fix` repairs what it can, and asks before.')
}
