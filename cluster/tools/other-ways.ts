import type { ToolName } from '../../core/config/config.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import { isOnPath } from './on-path.ts'
import { withGo } from './with-go.ts'
import { withHomebrew } from './with-homebrew.ts'

export type Wanted = {
  readonly name: ToolName
  readonly version: string
  /** Whether the file names this version: a newer one is none. */
  readonly isExact: boolean
  /** Where the program is put. */
  readonly target: string
}

export type Around = {
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** Told how it comes, in one line. */
  readonly say: (line: string) => void
}

export type Came = { readonly path: string; readonly version: string }

type Way = {
  /** The program that it takes. */
  readonly program: string
  /** Undefined where this way does not lead to that tool. */
  readonly come: (wanted: Wanted, around: Around) => Promise<Came> | undefined
}

/**
 * Brings a tool by another way that is at hand and checks what it brings: Go compiles it at that version, Homebrew has
 * it packed. Answers why each way that was tried failed, where none did.
 */
export const fetchOtherwise = async (
  wanted: Wanted,
  around: Around,
): Promise<Came | { readonly reasons: readonly string[] }> => {
  const reasons: string[] = []
  for (const { program, come } of ways) {
    const work = (await isOnPath(program, around.env)) ? come(wanted, around) : undefined
    if (!work) continue
    try {
      return await work
    } catch (error) {
      around.signal?.throwIfAborted()
      if (!(error instanceof EnvironmentError)) throw error
      reasons.push(messageOf(error))
    }
  }
  return { reasons }
}

const ways: readonly Way[] = [
  { program: 'go', come: withGo },
  { program: 'brew', come: withHomebrew },
]
