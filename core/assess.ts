import { KindupError } from './errors.ts'
import { inOrder } from './order.ts'
import type { Context, Facts, Status, Step } from './step.ts'
import { withinTime } from './within-time.ts'

/**
 * Asks every step how it stands, at the same time as far as their needs allow.
 * A step whose need is absent, broken or unknown is not asked: it is unknown.
 */
export const assess = async (
  steps: readonly Step[],
  contextFor: (step: Step) => Context,
): Promise<Map<string, Status>> => {
  const asked = new Map<string, Promise<Status>>()
  for (const step of inOrder(steps))
    asked.set(
      step.id,
      (async (): Promise<Status> => {
        const needs = await Promise.all(
          (step.needs ?? []).map(async (need) => ({ need, status: await asked.get(need) })),
        )
        const missing = needs.filter(({ status }) => status && status.state !== 'ready' && status.state !== 'changed')
        const [first] = missing
        if (!first) return statusOf(step, contextFor(step))
        const isNew = missing.every(
          ({ status }) => status?.state === 'absent' || (status?.state === 'unknown' && status.isNew === true),
        )
        return { state: 'unknown', why: `waits for ${first.need}`, ...(isNew ? { isNew } : {}) }
      })(),
    )
  return new Map(await Promise.all([...asked].map(async ([id, status]) => [id, await status] as const)))
}

/** A step's status, where an error that a person can cause counts as broken. */
export const statusOf = async (step: Step, context: Context): Promise<Status> => {
  try {
    return await withinTime({ of: step.id, ...context }, (signal) => step.status({ ...context, signal }))
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof KindupError && error.exitCode !== 2) return { state: 'broken', why: error.message }
    throw error
  }
}

/** What the steps that are ready let the user reach, one after the other in one. A step that cannot tell is warned about. */
export const factsOf = async (
  steps: readonly Step[],
  contextFor: (step: Step) => Context,
): Promise<Required<Facts>> => {
  const each = await Promise.all(
    steps.map(async (step): Promise<Facts> => {
      const context = contextFor(step)
      try {
        const tell = async (signal: AbortSignal) => step.facts?.({ ...context, signal })
        return (await withinTime({ of: step.id, ...context }, tell)) ?? {}
      } catch (error) {
        if (!(error instanceof KindupError)) throw error
        context.signal.throwIfAborted()
        context.warn(`${step.id}: ${error.message}`)
        return {}
      }
    }),
  )
  return {
    hosts: [...new Set(each.flatMap(({ hosts }) => hosts ?? []))],
    endpoints: each.flatMap(({ endpoints }) => endpoints ?? []),
    credentials: each.flatMap(({ credentials }, index) =>
      (credentials ?? []).map((one) => ({ ...one, ...(steps[index] && { step: steps[index].id }) })),
    ),
    ports: each.flatMap(({ ports }) => ports ?? []),
  }
}
