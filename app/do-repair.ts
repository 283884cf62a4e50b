import process from 'node:process'
import type { Repair, RepairStep } from '../cluster/checks/repair.ts'
import { daemonLog } from '../cluster/checks/repairs/docker-service.ts'
import { chooseEngine } from '../cluster/engine/choose.ts'
import { EngineUnreachable } from '../cluster/engine/unreachable.ts'
import type { Config } from '../config/config.ts'
import { EnvironmentError } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Run } from '../core/run.ts'
import { poll, waitFor } from '../core/wait.ts'
import { askForElevation } from '../hosts/elevate.ts'
import type { App, CommonFlags } from './app.ts'

export type Repairing = {
  readonly app: App
  readonly flags: Pick<CommonFlags, 'yes'>
  readonly run: Run
  readonly terminal: Terminal
  readonly config: Config | undefined
}

/** Packages are fetched and unpacked. */
const commandMs = 15 * 60_000
/** How long an engine that was started may take until it answers. */
const startMs = 120_000

export const isRoot = (): boolean => process.getuid?.() === 0

/** Asks for sudo's password once, on the terminal, where one of the steps takes it: sudo must not ask in between. */
export const elevateFor = async (repairs: readonly Repair[], { terminal, run }: Repairing): Promise<void> => {
  const wantsSudo = repairs.some(({ steps }) => steps.some((step) => 'asRoot' in step && step.asRoot))
  if (wantsSudo && !isRoot() && terminal.interactive) await askForElevation(run)
}

/** Does one step after the other, and throws what the one that failed said: those behind it are not done. */
export const doRepair = async ({ steps }: Repair, dependencies: Repairing): Promise<void> => {
  for (const step of steps) await doStep(step, dependencies)
}

const doStep = async (step: RepairStep, { app, run, terminal }: Repairing): Promise<void> => {
  if ('says' in step) return step.run(app.signal)
  const [program, ...args] = step.asRoot && !isRoot() ? (['sudo', '-n', ...step.command] as const) : step.command
  await run(program, args, {
    timeoutMs: commandMs,
    signal: app.signal,
    // apt-get asks about services and settings otherwise, and nobody answers.
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    onLine: (line) => terminal.err(terminal.colour.dim(`    ${line}`)),
    ...(step.input === undefined ? {} : { input: step.input }),
  })
}

/** What is left to the user once a repair is done. */
export const leftToDo = ({ afterwards, newGroup }: Repair): string | undefined =>
  afterwards ?? (newGroup && `Log out and in again (or: newgrp ${newGroup}), so that you are in the group ${newGroup}.`)

/**
 * Waits until an engine that was started answers, or with `newGroup` until it refuses only because this process is not
 * in that group yet. Throws `timed-out` with the last words of its log.
 */
export const engineAnswers = async ({ config, run, app }: Repairing, newGroup?: string): Promise<void> => {
  const ask = async () => {
    try {
      return { done: void (await chooseEngine(config?.cluster.engine ?? 'auto', run, app.env)) }
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      const troubles = error instanceof EngineUnreachable ? error.troubles : []
      if (newGroup !== undefined && troubles.some(({ kind }) => kind === 'forbidden')) return { done: undefined }
      return { waiting: error.message.split('\n')[0] ?? '', more: () => lastWords(run) }
    }
  }
  await waitFor('The engine', poll(ask, 1_000), { timeoutMs: startMs, fixed: true, signal: app.signal })
}

const lastWords = async (run: Run): Promise<string> => {
  if (process.platform !== 'linux') return ''
  const [program, ...args] = isRoot() ? daemonLog({}) : (['sudo', '-n', ...daemonLog({})] as const)
  const { stdout } = await run(program, args, { timeoutMs: 2_000 })
  return stdout.trim() === '' ? '' : `\nIts log ends with:\n${stdout.trimEnd()}`
}
