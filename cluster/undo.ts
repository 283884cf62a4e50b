import { withinTime } from '../core/within-time.ts'
import { EnvironmentError, messageOf } from '../core/errors.ts'

/** What taking something away did, in words for people: `container x-worker`, `network kind`. */
type Undone = {
  readonly removed: readonly string[]
  /** What is shared with others and stays. */
  readonly kept: readonly string[]
  /** What else the user should know. */
  readonly said: readonly string[]
}

/** One thing that `down` takes away by itself. Nothing there is no error. */
export type Undo = { readonly title: string; run(): Promise<Undone> }

type UndoFailure = { readonly title: string; readonly error: unknown }
export type UndoResult = Undone & { readonly failures: readonly UndoFailure[] }

/** Tries all of them at the same time, whatever fails, each for as long as a step may take where that is said (in milliseconds). */
export const undoAll = async (
  undos: readonly Undo[],
  { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<UndoResult> => {
  const ends = await Promise.all(
    undos.map(({ title, run }) =>
      (timeoutMs === undefined ? run() : withinTime({ of: `taking away ${title}`, signal, timeoutMs }, run)).then(
        (undone): UndoResult => ({ ...undone, failures: [] }),
        (error: unknown): UndoResult => ({ removed: [], kept: [], said: [], failures: [{ title, error }] }),
      ),
    ),
  )
  return together(ends)
}

export const together = (results: readonly UndoResult[]): UndoResult => ({
  removed: results.flatMap(({ removed }) => removed),
  kept: [...new Set(results.flatMap(({ kept }) => kept))],
  said: results.flatMap(({ said }) => said),
  failures: results.flatMap(({ failures }) => failures),
})

/** One error that lists what could not be taken away, or undefined. */
export const undoError = (name: string, { failures }: UndoResult): EnvironmentError | undefined =>
  failures.length === 0
    ? undefined
    : new EnvironmentError(
        'down-incomplete',
        `Not all of ${name} could be taken away:\n${failures.map(({ title, error }) => `  ${title}: ${messageOf(error)}`).join('\n')}`,
        {
          hints: [
            ...new Set(failures.flatMap(({ error }) => (error instanceof EnvironmentError ? error.hints : []))),
            `kindup down --name ${name}   # once more: it takes up where this one stopped`,
          ],
          cause: failures[0]?.error,
        },
      )
