import { fits } from './identity.ts'
import { usageError } from './errors.ts'
import { withNeeds } from './order.ts'
import type { Step } from './step.ts'
import { nameHint } from './suggest.ts'

export type Narrowing = {
  /** Ids or patterns such as `addon/*`; with all that they need. Empty means all. */
  readonly only: readonly string[]
  readonly skip: readonly string[]
}

/** The steps that a narrowed walk takes. What is left out counts as there: needs on it are dropped. Throws ConfigError on a name that fits nothing. */
export const narrowed = (steps: readonly Step[], { only, skip }: Narrowing): Step[] => {
  const fitting = (pattern: string): string[] => {
    const ids = steps.filter(fits(pattern)).map(({ id }) => id)
    if (ids.length > 0) return ids
    const known = steps.map(({ id }) => id)
    throw usageError(`No step is called ${pattern}.`, nameHint(pattern, known, 'There are none.'))
  }
  const wanted = only.length > 0 ? withNeeds(steps, only.flatMap(fitting)) : new Set(steps.map(({ id }) => id))
  for (const id of skip.flatMap(fitting)) wanted.delete(id)
  return steps
    .filter(({ id }) => wanted.has(id))
    .map((step) => ({ ...step, needs: (step.needs ?? []).filter((need) => wanted.has(need)) }))
}
