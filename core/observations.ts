import { shared } from './bound.ts'
import { makeFiles, makeNow, makeOfFiles, readFileNow, type Files, type OfFiles } from './files.ts'

/**
 * What one run has seen of the world outside. While it only looks, an answer holds, and nothing is asked twice. Once it
 * acts nothing is kept: the engine, kind and people change things without a word.
 */
export type Observations = {
  /** Observes from now on, from nothing: what was seen before no longer counts. */
  probe(): void
  /** Acts from now on: every question is asked again each time. */
  act(): void
  /** This run has changed something that somebody may have asked about. */
  changed(): void
  /** Whether answers are kept. */
  isLooking(): boolean
  /** The answer to a question. One that failed is asked again. */
  answer<T>(question: string, ask: () => Promise<T>): Promise<T>
  /** The content of a file, which is read once while it looks. */
  readonly files: Files
  /** What is made of such a file. */
  readonly ofFiles: OfFiles
}

/** Calls that change what somebody may have asked about: each tells so when it ends. */
export const changes =
  (seen: Pick<Observations, 'changed'>) =>
  <A extends readonly unknown[], T>(change: (...args: A) => Promise<T>) =>
  async (...args: A): Promise<T> => {
    try {
      return await change(...args)
    } finally {
      // A change that failed may have been made all the same.
      seen.changed()
    }
  }

/** It acts, until it is told to look. */
export const makeObservations = (): Observations => {
  let seen: Map<string, () => Promise<unknown>> | undefined
  let files = readFileNow
  let ofFiles = makeNow
  return {
    probe: () => {
      seen = new Map()
      files = makeFiles()
      ofFiles = makeOfFiles()
    },
    act: () => {
      seen = undefined
      files = readFileNow
      ofFiles = makeNow
    },
    files: (path) => files(path),
    ofFiles: (name, make) => ofFiles(name, make),
    isLooking: () => seen !== undefined,
    changed: () => seen?.clear(),
    answer: <T>(question: string, ask: () => Promise<T>): Promise<T> => {
      const kept = seen?.get(question)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a question has one kind of answer
      if (kept) return kept() as Promise<T>
      const at = seen
      if (!at) return ask()
      const asked = shared(() =>
        ask().catch((error: unknown) => {
          if (at.get(question) === asked) at.delete(question)
          throw error
        }),
      )
      at.set(question, asked)
      return asked()
    },
  }
}
