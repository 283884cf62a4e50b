/**
 * What one run has seen of the world outside. While it only looks, an answer holds, and nothing is asked twice. Once it
 * acts nothing is kept: the engine, kind and people change things without a word.
 */
export type Looks = {
  /** Looks from now on, from nothing: what was seen before no longer counts. */
  look(): void
  /** Acts from now on: every question is asked again each time. */
  act(): void
  /** This run has changed something that somebody may have asked about. */
  changed(): void
  /** The answer to a question. One that failed is asked again. */
  answer<T>(question: string, ask: () => Promise<T>): Promise<T>
}

/** It acts, until it is told to look. */
export const makeLooks = (): Looks => {
  let seen: Map<string, Promise<unknown>> | undefined
  return {
    look: () => {
      seen = new Map()
    },
    act: () => {
      seen = undefined
    },
    changed: () => seen?.clear(),
    answer: <T>(question: string, ask: () => Promise<T>): Promise<T> => {
      const kept = seen?.get(question)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a question has one kind of answer
      if (kept) return kept as Promise<T>
      const asked = ask()
      const at = seen
      at?.set(question, asked)
      asked.catch(() => {
        if (at?.get(question) === asked) at.delete(question)
      })
      return asked
    },
  }
}
