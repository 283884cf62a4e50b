import type { RemoteAddress } from '../remote-address.ts'
import type { Fetched, Refusal } from '../source/fetched.ts'
import type { Tree } from '../source/tree.ts'

/** What is done about repositories that a file includes files of. */
export type Remotes = {
  /** `from`: the file that names it. One address is asked once, and answers the same as long as the command runs. */
  readonly fetch: (address: RemoteAddress, from: string) => Promise<Fetched | Refusal>
  /** Shows what of the whole comes from elsewhere and could run or read something here. Throws where nobody trusts that. */
  readonly trust: (whole: Whole) => Promise<void>
}

/** A file that was put together with some from elsewhere. */
export type Whole = {
  readonly tree: Tree
  /** Absolute path of the file itself. */
  readonly file: string
  /** All that was read. */
  readonly files: readonly string[]
  readonly remotes: readonly Fetched[]
}
