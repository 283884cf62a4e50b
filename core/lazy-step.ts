import type { Step } from './step.ts'

/** What a plan shows of a step, and goes by. */
export type StepHead = Pick<Step, 'id' | 'of' | 'title' | 'needs' | 'dies' | 'inputs'> & {
  readonly prepares?: boolean
  readonly tells?: boolean
}

/** A step whose work is loaded when it is first asked for anything: a plan without a cluster asks most steps nothing. */
export const lazyStep = ({ prepares = false, tells = false, ...head }: StepHead, load: () => Promise<Step>): Step => {
  const loaded = once(load)
  return {
    ...head,
    status: async (ctx) => (await loaded()).status(ctx),
    up: async (ctx) => (await loaded()).up(ctx),
    down: async (ctx) => (await loaded()).down(ctx),
    ...(prepares && { prepare: async (ctx, isDue) => (await loaded()).prepare?.(ctx, isDue) }),
    ...(tells && { facts: async (ctx) => (await (await loaded()).facts?.(ctx)) ?? {} }),
  } satisfies Step
}

const once = <T>(load: () => Promise<T>): (() => Promise<T>) => {
  let loading: Promise<T> | undefined
  return () => (loading ??= load())
}
