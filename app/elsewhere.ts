import type { Remotes } from '../config/remote/included.ts'
import type { Fetched, Refusal } from '../config/source/fetched.ts'

/** What one run may do with configurations of repositories elsewhere, and has asked of them. */
export type Elsewhere = {
  /** The command, once it is known: until then it is one that acts. */
  command: string
  /** Commits that `--trust` names. */
  trust: readonly string[]
  quiet: boolean
  /** What is done about files that are included from there. Left out: they are refused. */
  remotes?: Remotes
  /** Commits that this run is about. */
  readonly commits: Set<string>
  /** By address: as long as the run lasts, it is about the same commit. */
  readonly fetched: Map<string, Promise<Fetched | Refusal>>
  /** What was shown and agreed to: nothing is asked twice. */
  readonly agreed: Map<string, Promise<void>>
}

export const makeElsewhere = (): Elsewhere => ({
  command: '',
  trust: [],
  quiet: false,
  commits: new Set(),
  fetched: new Map(),
  agreed: new Map(),
})
