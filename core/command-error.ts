import { EnvironmentError } from './errors.ts'
import { masked } from './mask/masked.ts'

/** An external program that failed, is missing, or took too long. */
export class CommandError extends EnvironmentError {
  /** Can be pasted into a shell; secrets are ***. */
  readonly command: string
  /** Undefined when it was killed or never began. */
  readonly exitStatus: number | undefined
  readonly stdout: string
  readonly stderr: string

  constructor(
    code: string,
    message: string,
    details: Pick<CommandError, 'command' | 'exitStatus' | 'stdout' | 'stderr'> & {
      hints?: readonly string[]
      cause?: unknown
    },
  ) {
    super(code, message, { hints: details.hints ?? [], cause: details.cause })
    this.command = details.command
    this.exitStatus = details.exitStatus
    this.stdout = details.stdout
    this.stderr = details.stderr
  }
}

/** What a program that failed is thrown as. `timedOutMs`: it was killed because it took longer. */
export const commandError = (failure: {
  command: string
  program: string
  result: { readonly stdout: string; readonly stderr: string; readonly code: number }
  cause?: unknown
  secrets?: readonly string[] | undefined
  timedOutMs?: number | undefined
}): CommandError => {
  const { command, program, result, cause, secrets, timedOutMs } = failure
  const stdout = masked(result.stdout, secrets)
  const stderr = masked(result.stderr, secrets)
  const details = { command, exitStatus: result.code < 0 ? undefined : result.code, stdout, stderr, cause }
  if (timedOutMs !== undefined)
    return new CommandError(
      'timed-out',
      `\`${command}\` did not end within ${Math.round(timedOutMs / 1000)} s.`,
      details,
    )
  if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'EACCES'))
    return new CommandError(
      'command-missing',
      cause.code === 'ENOENT' ? `There is no program \`${program}\`.` : `\`${program}\` may not be run.`,
      details,
    )
  const tail = lastLines(stderr.trim() === '' ? stdout : stderr, 8)
  return new CommandError(
    'command-failed',
    `\`${command}\` failed (exit ${details.exitStatus ?? 'killed'})${tail === '' ? '.' : `:\n${tail}`}`,
    details,
  )
}

const lastLines = (text: string, count: number): string => text.trim().split('\n').slice(-count).join('\n')
