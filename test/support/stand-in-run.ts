import { CommandError, type Run, type RunOptions } from '../../core/run.ts'

export type Answer = {
  readonly stdout?: string
  readonly stderr?: string
  readonly code?: number
  readonly missing?: true
}
export type Asked = { readonly command: string; readonly options: RunOptions }

/**
 * Answers the commands it was told about, as the runner would, and throws on every other one.
 * A list of answers is given one after the other, the last one again and again.
 */
export const standInRun = (
  answers: Readonly<Record<string, Answer | readonly Answer[]>>,
): { readonly run: Run; readonly asked: readonly Asked[] } => {
  const asked: Asked[] = []
  const run: Run = (program, args, options = {}) => {
    const command = [program, ...args].join(' ')
    const told = answers[command]
    if (told === undefined) return Promise.reject(new Error(`nobody told what \`${command}\` answers`))
    const before = asked.filter((one) => one.command === command).length
    asked.push({ command, options })
    const list: readonly Answer[] = Array.isArray(told) ? (told as readonly Answer[]) : [told as Answer]
    const { stdout = '', stderr = '', code = 0, missing } = list[Math.min(before, list.length - 1)] ?? {}
    const details = { command, exitStatus: code, stdout, stderr }
    if (missing)
      return Promise.reject(new CommandError('command-missing', `There is no program \`${program}\`.`, details))
    if ((options.okCodes ?? [0]).includes(code)) return Promise.resolve({ stdout, stderr, code })
    return Promise.reject(
      new CommandError('command-failed', `\`${command}\` failed (exit ${code}):\n${stderr}`, details),
    )
  }
  return { run, asked }
}
