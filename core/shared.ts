import { shared } from './bound.ts'

/** Those that ask at the same time get one answer; the next ones ask again. */
export const together = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asking: (() => Promise<T>) | undefined
  return () => {
    if (asking) return asking()
    const one = shared(() =>
      ask().finally(() => {
        if (asking === one) asking = undefined
      }),
    )
    asking = one
    return one()
  }
}

/** All that ever ask get one answer; a failure is not kept. */
export const once = <T>(ask: () => Promise<T>): (() => Promise<T>) => {
  let asked: (() => Promise<T>) | undefined
  return () => {
    if (asked) return asked()
    const one = shared(() =>
      ask().catch((error: unknown) => {
        if (asked === one) asked = undefined
        throw error
      }),
    )
    asked = one
    return one()
  }
}
