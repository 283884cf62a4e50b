import { z } from 'zod'

/** What one command answers to a program. */
export type Documented = {
  /** What `--json` prints: one document. Left out: `json` says why there is none. */
  readonly document?: z.ZodType
  /** One of these on each line, with the flag that makes the command stay. */
  readonly lines?: { readonly flag: string; readonly line: z.ZodType }
  /** What more there is to say of `--json`, as sentences. */
  readonly json?: string
  /** What the exit codes of the command itself mean, where that is more than what they mean for all. */
  readonly exits?: Readonly<Record<number, string>>
}

/** By the words that name it, as the command line takes them: `image set`. */
export type Documents = Readonly<Record<string, Documented>>

export const text = z.string()
export const texts = z.array(text)
export const seconds = z.number()
export const bytes = z.number()
export const cluster = text.describe('its name')
export const stepId = text.describe('such as service/web@dev')

export const place = z
  .strictObject({
    file: text,
    line: z.number().optional(),
    column: z.number().optional(),
    path: text.optional().describe('of a value that a program made, which is written nowhere'),
  })
  .meta({ id: 'Place' })

/** What the same mistake shows in besides. */
export const also = z.strictObject({ steps: z.array(stepId), places: z.array(place) }).meta({ id: 'Also' })

export const stepResult = z
  .strictObject({
    id: stepId,
    result: z.enum(['created', 'updated', 'removed', 'unchanged']),
    seconds: z.number(),
    started: z.number().optional().describe('seconds after the walk began'),
    waitedFor: stepId.optional().describe('the step that it had to wait for longest'),
    prepared: z.number().optional().describe('seconds of what was done ahead for it'),
  })
  .meta({ id: 'StepResult' })

export const smokeResult = z
  .strictObject({
    step: stepId,
    name: text.describe('GET /health, tcp 5432'),
    url: text,
    ok: z.boolean(),
    status: z.number().optional().describe('of the last answer'),
    message: text.optional().describe('what is at fault'),
    ms: z.number(),
  })
  .meta({ id: 'SmokeResult' })

export const endpoint = z.strictObject({ name: text, url: text }).meta({ id: 'Endpoint' })

export const credential = z
  .strictObject({
    name: text,
    url: text.optional(),
    username: text.optional(),
    password: text.optional().describe('a token stands here too'),
  })
  .meta({ id: 'Credential' })

export const cause = z
  .strictObject({
    about: texts.describe('what it keeps from working'),
    cause: text,
    evidence: texts,
    hints: texts.describe('what to do: sentences, or commands that can be pasted'),
  })
  .meta({ id: 'Cause' })
