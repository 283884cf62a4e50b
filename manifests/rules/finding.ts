import type { Finding } from '../schema/check.ts'
import { shown, type Path } from '../schema/words.ts'

/** What the API refuses at a path: `is` follows the path in the sentence. */
export const refused = (path: Path, is: string, hint?: string): Finding => ({
  path,
  kind: 'refused',
  message: `${shown(path)} ${is}`,
  ...(hint === undefined ? {} : { hint }),
})

/** The API takes it, and it will not do what it is there for. */
export const doubtful = (path: Path, message: string, hint?: string, root?: string): Finding => ({
  path,
  kind: 'doubtful',
  message,
  ...(hint === undefined ? {} : { hint }),
  ...(root === undefined ? {} : { root }),
})
