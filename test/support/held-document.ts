import { z } from 'zod'
import { documents } from '../../scripts/documents/documents.ts'
import { failure } from '../../scripts/documents/failure.ts'
import { isRecord } from '../../core/is-record.ts'

type Ended = { readonly code: number | null; readonly stdout: string }

/**
 * Throws where `kindup ARGS` has ended otherwise than docs/reference/commands.md says: a document of another shape, or an exit
 * code that is not explained. What was cut off, or is no document, is left alone.
 */
export const holdDocument = (args: readonly string[], { code, stdout }: Ended): void => {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  if (!own.includes('--json') || stdout.trim() === '' || code === null) return
  const [first = '', second = ''] = own
  const command = first === 'smoke' ? 'test' : first
  const words = Object.hasOwn(documents, `${command} ${second}`) ? `${command} ${second}` : command
  const { document, lines, exits } = documents[words] ?? {}
  const whole = parsed(stdout)
  if (isRecord(whole) && 'error' in whole) return hold(words, failure, whole)
  if (whole !== undefined && document) hold(words, lines ? z.union([document, lines.line]) : document, whole)
  else if (lines)
    for (const line of stdout.trim().split('\n').map(parsed)) if (line !== undefined) hold(words, lines.line, line)
  // Without an error the document is an answer: what a code means beside it has to be told.
  if (code !== 0 && code !== 130 && words !== 'shell' && exits?.[code] === undefined)
    throw new Error(
      `kindup ${words} ends with ${code} and prints no error: scripts/documents does not say what that means`,
    )
}

const hold = (words: string, shape: z.ZodType, value: unknown): void => {
  const { error } = shape.safeParse(value)
  if (error)
    throw new Error(
      `kindup ${words} --json prints what scripts/documents does not say:\n${z.prettifyError(error)}\n${JSON.stringify(value)}`,
    )
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
