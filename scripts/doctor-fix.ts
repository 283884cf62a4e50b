import process from 'node:process'
import type { Outcome } from '../cluster/checks/check.ts'
import { shownStep, type Repair, type RepairStep } from '../cluster/checks/repair.ts'
import { findEngine } from '../cluster/engine/find.ts'
import { confirm } from '../core/ask.ts'
import type { Config } from '../core/config/config.ts'
import { EnvironmentError, messageOf } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Run } from '../core/run.ts'
import { poll, waitFor } from '../core/wait.ts'
import { askForElevation } from '../hosts/elevate.ts'
import type { App, CommonFlags } from './app.ts'

type Around = {
  readonly app: App
  readonly flags: Pick<CommonFlags, 'yes'>
  readonly run: Run
  readonly terminal: Terminal
  readonly config: Config | undefined
}

export type Repaired = {
  readonly tried: number
  /** Something failed, or nobody was there to agree. */
  readonly open: boolean
}

/** Packages are fetched and unpacked. */
const commandMs = 15 * 60_000
/** How long an engine that was started may take until it answers. */
const startMs = 120_000

/**
 * Does what can be done about what was found, each after its own question, its commands shown before. Without a
 * terminal and without --yes it says what it would do, and does nothing.
 */
export const repairAll = async (found: readonly Outcome[], around: Around): Promise<Repaired> => {
  const { terminal, flags, app } = around
  const { err, colour } = terminal
  const isRoot = process.getuid?.() === 0
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
    for (const step of repair.steps) err(`    $ ${shownStep(step, isRoot)}`)
    if (!flags.yes && !(mayAsk && (await confirm('Do that?', { byDefault: true, signal: app.signal })))) continue
    tried += 1
    if (await repairOne(repair, around, isRoot)) await finish(id, repair, around)
    else failed += 1
  }
  return { tried, open: failed > 0 || (!mayAsk && !flags.yes) }
}

/** False when a step failed: those behind it are not done. */
const repairOne = async ({ steps }: Repair, around: Around, isRoot: boolean): Promise<boolean> => {
  const { terminal, run } = around
  // Once, on the terminal: what follows is shown here, and sudo must not ask in between.
  const wantsSudo = !isRoot && steps.some((step) => 'asRoot' in step && step.asRoot)
  if (wantsSudo && terminal.interactive) await askForElevation(run)
  try {
    for (const step of steps) await doStep(step, around, isRoot)
    return true
  } catch (error) {
    around.app.signal.throwIfAborted()
    if (!(error instanceof Error)) throw error
    terminal.err(`${terminal.colour.red('✗')} ${messageOf(error)}`)
    return false
  }
}

const doStep = async (step: RepairStep, { app, run, terminal }: Around, isRoot: boolean): Promise<void> => {
  if ('says' in step) return step.run(app.signal)
  const [program, ...args] = step.asRoot && !isRoot ? (['sudo', '-n', ...step.command] as const) : step.command
  await run(program, args, {
    timeoutMs: commandMs,
    signal: app.signal,
    // apt-get asks about services and settings otherwise, and nobody answers.
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line) => terminal.err(terminal.colour.dim(`    ${line}`)),
    ...(step.input === undefined ? {} : { input: step.input }),
  })
}

const finish = async (id: string, { afterwards }: Repair, around: Around): Promise<void> => {
  const { app, run, terminal, config } = around
  if (afterwards !== undefined) terminal.err(`${terminal.colour.yellow('!')} ${afterwards}`)
  if (id !== 'engine' || afterwards !== undefined) return
  const ask = async () => {
    const engine = findEngine({ cluster: { engine: config?.cluster.engine ?? 'auto' } }, run, app.env)
    try {
      return { done: await engine() }
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      return { waiting: error.message.split('\n')[0] ?? '' }
    }
  }
  try {
    await waitFor('The engine', poll(ask, 1_000), { timeoutMs: startMs, signal: app.signal })
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    terminal.err(`${terminal.colour.red('✗')} ${error.message}`)
  }
}
