import { existsSync } from 'node:fs'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { shown } from '../../core/shown-command.ts'
import { masked } from '../../core/mask/masked.ts'
import type { Context } from '../../core/step.ts'
import type { Hook } from '../../manifests/deployable.ts'

const lastLines = 12

export type HookRun = {
  readonly run: Run
  /** Added to the user's environment, below the hook's own. */
  readonly env: Readonly<Record<string, string>>
  readonly secrets: readonly string[]
}

/** Runs one hook to its end, its output as the live line. Throws `hook-failed` with its last lines and its place. */
export const runHook = async (hook: Hook, { run, env, secrets }: HookRun, ctx: Context): Promise<void> => {
  const [program = '', ...args] = hook.run
  const last: string[] = []
  const fail = (why: string, hint?: string, cause?: unknown): EnvironmentError => {
    const said = last.length === 0 ? '' : `\nIts last lines:\n${last.map((line) => `  ${line}`).join('\n')}`
    const message = `It runs \`${masked(shown(program, args), secrets)}\` in ${hook.in}.`
    return new EnvironmentError('hook-failed', `The hook \`${hook.name}\` ${why}.${said}`, {
      problems: [{ severity: 'error', message, at: hook.at, ...(hint === undefined ? {} : { hint }) }],
      cause,
    })
  }
  // A missing folder and a missing program are one error to the system.
  if (!existsSync(hook.in)) throw fail(`cannot begin: there is no folder ${hook.in}`)
  ctx.report(hook.name)
  try {
    await run(program, args, {
      cwd: hook.in,
      env: { ...env, ...hook.env },
      signal: ctx.signal,
      timeoutMs: ctx.timeoutMs,
      secrets,
      onLine: (line) => {
        if (line.trim() === '') return
        last.push(line)
        if (last.length > lastLines) last.shift()
        ctx.report(`${hook.name}: ${line.trim()}`)
      },
    })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    switch (error.code) {
      case 'command-missing':
        throw fail(`cannot begin: ${lowered(error.message)}`, missingHint(program), error)
      case 'timed-out':
        throw fail(
          `did not end within ${Math.round(ctx.timeoutMs / 1000)} s`,
          'Raise --timeout if it only needs longer. What it leaves running in the background must not keep its output: `… >/dev/null 2>&1 &`.',
          error,
        )
      default:
        throw fail(
          error.exitStatus === undefined ? 'was killed' : `failed (exit ${error.exitStatus})`,
          undefined,
          error,
        )
    }
  }
}

const missingHint = (program: string): string =>
  program.includes('/')
    ? 'A program that is named by a path starts at the folder of `in:`, and must be executable (chmod +x).'
    : program.includes(' ')
      ? 'Each argument is an item of its own: `run: [npm, test]`; for a line of shell, `run: [sh, -c, "…"]`.'
      : 'Install it, or write where it is.'

/** `There is no program \`x\`.` → `there is no program \`x\`` */
const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
