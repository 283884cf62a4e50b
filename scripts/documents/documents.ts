import { clusters } from './clusters.ts'
import type { Documents } from './document.ts'
import { files } from './files.ts'
import { inside } from './inside.ts'
import { walks } from './walks.ts'

/** What every command answers to a program: what the tests hold its output to, and the reference shows. */
export const documents: Documents = { ...walks, ...inside, ...clusters, ...files }
