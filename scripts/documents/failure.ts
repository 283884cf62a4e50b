import { z } from 'zod'
import { also, cause, place, stepResult, text, texts } from './document.ts'

/** What `--json` prints where a command could not do what it is for, whichever it is. */
export const failure = z.strictObject({
  error: z.strictObject({
    code: text.describe('a word that stays the same: config, engine-unreachable, port-taken, step-failed …'),
    message: text,
    hints: texts.describe('what to do: sentences, or commands that can be pasted'),
    problems: z.array(
      z.strictObject({
        message: text,
        at: place.nullable(),
        hint: text.nullable(),
        also: also.optional().describe('where else the same shows'),
      }),
    ),
  }),
  steps: z.array(stepResult).optional().describe('what was done before'),
  diagnosis: z
    .strictObject({ folder: text.describe('all that could be seen, without secrets'), causes: z.array(cause) })
    .optional(),
})

/** What an exit code means, whichever the command is. */
export const exitCodes: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'it could not be done, or is not healthy; the page says why and what to do',
  2: 'the configuration, what it points at, or the flags are wrong',
  3: 'of `--check`: something would change',
  70: 'a defect in kindup: the page has what a report needs',
  130: 'stopped by the user; `up` goes on from there, `down` takes everything away',
}
