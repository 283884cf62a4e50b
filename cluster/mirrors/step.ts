import { EnvironmentError } from '../../core/errors.ts'
import type { Context, Step } from '../../core/step.ts'

/**
 * The step of a mirror that may fail: nodes that find no mirror ask the upstream itself, and a run without a network
 * has all its images in the nodes already.
 */
export const mayFail = (step: Step): Step => ({
  ...step,
  // The step itself comes to it again, and tells.
  prepare: async (ctx, isDue) => {
    await step.prepare?.(ctx, isDue).catch((error: unknown) => unlessPeople(error, ctx))
  },
  up: async (ctx) => {
    try {
      return await step.up(ctx)
    } catch (error) {
      ctx.warn(`${step.title}: ${unlessPeople(error, ctx)} The nodes ask the upstream itself meanwhile.`)
      return 'unchanged'
    }
  },
})

const unlessPeople = (error: unknown, { signal }: Context): string => {
  signal.throwIfAborted()
  if (!(error instanceof EnvironmentError)) throw error
  return error.message
}
