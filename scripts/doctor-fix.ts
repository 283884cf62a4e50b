import type { Outcome } from '../cluster/checks/check.ts'
import { shownStep, type Repair } from '../cluster/checks/repair.ts'
import { confirm } from '../core/ask.ts'
import { EnvironmentError, messageOf } from '../core/errors.ts'
import { doRepair, elevateFor, engineAnswers, isRoot, leftToDo, type Repairing } from '../app/do-repair.ts'

export type Repaired = {
  readonly tried: number
  /** Something failed, or nobody was there to agree. */
  readonly open: boolean
}

/**
 * Does what can be done about what was found, each after its own question, its commands shown before. Without a
 * terminal and without --yes it says what it would do, and does nothing.
 */
export const repairAll = async (found: readonly Outcome[], dependencies: Repairing): Promise<Repaired> => {
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
