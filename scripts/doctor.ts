import { runChecks, type Outcome } from '../cluster/checks/check.ts'
import { allChecks } from '../cluster/checks/index.ts'
import { loadConfig } from '../core/config/load.ts'
import type { Config } from '../core/config/config.ts'
import { ConfigError, exit } from '../core/errors.ts'
import { makeRun } from '../core/run.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { command, type App, type CommandFile, type CommonFlags } from './app.ts'
import { surroundingsOf } from './surroundings.ts'

/** `doctor`: all checks at once, each failure with cause, evidence and fix. */
export const doctor: CommandFile = (app, end) =>
  command('doctor', 'look for what would stand in the way').action(async (flags: CommonFlags) => {
    const run = makeRun({ signal: app.signal, log: app.log })
    const checks = await runChecks(allChecks, surroundingsOf(app, await fileOf(app, flags), run))
    const healthy = checks.every(({ state }) => state !== 'failed')
    const terminal = app.terminal(flags)
    if (flags.json) terminal.out(JSON.stringify({ healthy, checks: checks.map(documentOf) }, undefined, 2))
    else print(checks, healthy, terminal)
    if (!healthy) end(exit.failed)
  })

/** A machine can be looked at without a file; a file that is wrong is said. */
const fileOf = async (app: App, flags: CommonFlags): Promise<Config | undefined> => {
  try {
    const { config } = await loadConfig({
      cwd: app.cwd,
      env: app.env,
      ...(flags.config === undefined ? {} : { file: flags.config }),
      ...(flags.name === undefined ? {} : { name: flags.name }),
    })
    return config
  } catch (error) {
    if (error instanceof ConfigError && error.code === 'config-missing' && flags.config === undefined) return undefined
    throw error
  }
}

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
  out(healthy ? '\nNothing stands in the way.' : '\nMend what is marked ✗, and look again.')
}
