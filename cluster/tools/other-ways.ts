import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { isOnPath } from './on-path.ts'
import type { Dependencies, Came, Wanted } from './way.ts'
import { withGo } from './with-go.ts'
import { withHomebrew } from './with-homebrew.ts'

type Way = {
  /** The program that it takes. */
  readonly program: string
  /** Undefined where this way does not lead to that tool. */
  readonly come: (wanted: Wanted, around: Dependencies) => Promise<Came> | undefined
}

/**
 * Brings a tool by another way that is at hand and checks what it brings: Go compiles it at that version, Homebrew has
 * it packed. Answers why each way that was tried failed, where none did.
 */
export const fetchOtherwise = async (
  wanted: Wanted,
  around: Dependencies,
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
