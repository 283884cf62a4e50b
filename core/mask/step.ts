import { KindupError } from '../errors.ts'
import type { Problem } from '../problem.ts'
import { masked } from './masked.ts'
import type { Context, Status, Step } from '../step.ts'

/**
 * A step that tells none of the texts, whoever gave them to it: a program that failed, the last line of a log. What it
 * answers as facts stays, since credentials are asked for.
 */
export const hiding = (step: Step, texts: ReadonlySet<string>): Step => {
  const hidden = (text: string): string => masked(text, [...texts])
  const quiet = (ctx: Context): Context => ({
    ...ctx,
    report: (line) => ctx.report(hidden(line)),
    warn: (text) => ctx.warn(hidden(text)),
  })
  const told =
    <T>(work: (ctx: Context) => Promise<T>) =>
    async (ctx: Context): Promise<T> => {
      try {
        return await work(quiet(ctx))
      } catch (error) {
        throw texts.size === 0 ? error : without(error, hidden)
      }
    }
  const { prepare, facts } = step
  return {
    ...step,
    status: told(async (ctx) => inStatus(await step.status(ctx), hidden)),
    up: told((ctx) => step.up(ctx)),
    down: told((ctx) => step.down(ctx)),
    ...(prepare && {
      prepare: (given, isDue) => told((ctx) => prepare.call(step, ctx, isDue))(given),
    }),
    ...(facts && { facts: told((ctx) => facts.call(step, ctx)) }),
  }
}

const inStatus = (status: Status, hidden: (text: string) => string): Status =>
  'why' in status
    ? { ...status, why: hidden(status.why) }
    : {
        ...status,
        ...('what' in status ? { what: hidden(status.what) } : {}),
        ...('refusal' in status && status.refusal ? { refusal: quieted(status.refusal, hidden) } : {}),
      }

/** What a renderer says is wrong may quote what it was given. */
export const hidingIn = (problems: readonly Problem[], texts: ReadonlySet<string>): readonly Problem[] =>
  inProblems(problems, (text) => masked(text, [...texts]))

const inProblems = (problems: readonly Problem[], hidden: (text: string) => string): readonly Problem[] =>
  problems.map((problem) => ({
    ...problem,
    message: hidden(problem.message),
    ...(problem.hint === undefined ? {} : { hint: hidden(problem.hint) }),
  }))

const without = (thrown: unknown, hidden: (text: string) => string): unknown =>
  thrown instanceof Error ? quieted(thrown, hidden) : typeof thrown === 'string' ? hidden(thrown) : thrown

/** The error itself, so that it stays what it is, with its words and those of its causes changed. */
const quieted = <Thrown extends Error>(thrown: Thrown, hidden: (text: string) => string): Thrown => {
  const change = (key: string, value: unknown): void =>
    void Object.defineProperty(thrown, key, { value, configurable: true, writable: true })
  change('message', hidden(thrown.message))
  if (thrown.stack !== undefined) change('stack', hidden(thrown.stack))
  if (thrown.cause !== undefined) change('cause', without(thrown.cause, hidden))
  if (thrown instanceof KindupError) {
    change('hints', thrown.hints.map(hidden))
    change('problems', inProblems(thrown.problems, hidden))
  }
  for (const key of ['stdout', 'stderr', 'command'] as const) {
    const value: unknown = Reflect.get(thrown, key)
    if (typeof value === 'string') change(key, hidden(value))
  }
  return thrown
}
