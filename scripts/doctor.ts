import { runChecks, type Outcome } from '../cluster/checks/check.ts'
import { allChecks } from '../cluster/checks/index.ts'
import type { Config } from '../config/config.ts'
import { exit, EnvironmentError, messageOf } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { fileIfThere } from '../app/file-here.ts'
import { checkDependenciesOf } from '../app/check-dependencies.ts'
import { runOf } from '../app/run-of.ts'
import { shownStep, type Repair } from '../cluster/checks/repair.ts'
import { confirm } from '../core/ask.ts'
import { doRepair, elevateFor, engineAnswers, isRoot, leftToDo, type Repairing } from '../app/do-repair.ts'

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

type Repaired = {
  readonly tried: number
  /** Something failed, or nobody was there to agree. */
  readonly open: boolean
}

/**
 * Does what can be done about what was found, each after its own question, its commands shown before. Without a
 * terminal and without --yes it says what it would do, and does nothing.
 */
const repairAll = async (found: readonly Outcome[], dependencies: Repairing): Promise<Repaired> => {
  const { terminal, flags, app } = dependencies
  const { err, colour } = terminal
  const repairs = found.flatMap(({ id, repair }) => (repair ? [{ id, repair }] : []))
  if (repairs.length === 0) {
    err('There is nothing that could be repaired from here.')
    return { tried: 0, open: false }
  }
  const mayAsk = terminal.interactive && !flags.yes
  if (!mayAsk && !flags.yes) err('Without a terminal nothing is asked, and nothing done. With --yes it would:')
  let [tried, failed] = [0, 0]
  for (const { id, repair } of repairs) {
    err(`${colour.cyan('?')} ${id}: ${repair.title}`)
    for (const step of repair.steps) err(`    $ ${shownStep(step, isRoot())}`)
    if (!flags.yes && !(mayAsk && (await confirm('Do that?', { byDefault: true, signal: app.signal })))) continue
    tried += 1
    if (!(await repairOne(id, repair, dependencies))) failed += 1
  }
  return { tried, open: failed > 0 || (!mayAsk && !flags.yes) }
}

/** False when something failed, which is said. */
const repairOne = async (id: string, repair: Repair, dependencies: Repairing): Promise<boolean> => {
  const { err, colour } = dependencies.terminal
  try {
    await elevateFor([repair], dependencies)
    await doRepair(repair, dependencies)
    const left = leftToDo(repair)
    if (left !== undefined) err(`${colour.yellow('!')} ${left}`)
    else if (id === 'engine') await engineAnswers(dependencies)
    return true
  } catch (error) {
    dependencies.app.signal.throwIfAborted()
    if (!(error instanceof EnvironmentError)) throw error
    err(`${colour.red('✗')} ${messageOf(error)}`)
    return false
  }
}
