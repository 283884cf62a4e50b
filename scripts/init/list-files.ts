import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { File } from './found.ts'

/** Folders of other people's files, of what tools make, and of what is only there to be tested or read. */
const passedOver = new Set(
  'node_modules vendor bower_components dist target out coverage venv __pycache__ test tests testdata fixtures __fixtures__ __tests__ tmp docs examples samples hack'.split(
    ' ',
  ),
)

// Nobody waits longer than this for a proposal, and what is deployed lies near the top.
const deepest = 12
const most = 20_000

/** Those of them that may hold what a person means to deploy after all. */
const shownToPeople = new Set(['docs', 'examples', 'samples', 'hack'])

type Listed = {
  readonly files: readonly File[]
  readonly cut: boolean
  /** Folders that were passed over, although something in them may be for a cluster. */
  readonly passedOver: readonly string[]
}

/** The files of a folder and below, sorted, without hidden ones. Links are not followed: they may lead in circles. */
export const listFiles = (folder: string): Listed => {
  const files: File[] = []
  const notLookedAt: string[] = []
  let open = ['']
  let seen = 0
  for (let depth = 0; depth < deepest && open.length > 0 && seen < most; depth++) {
    const below: string[] = []
    for (const path of open) {
      for (const entry of entriesOf(folder, path)) {
        const own = path === '' ? entry.name : `${path}/${entry.name}`
        seen++
        // Braces would be read as placeholders.
        if (seen > most || entry.name.startsWith('.') || /[{}\n\r\t]/.test(entry.name)) continue
        if (entry.isFile()) files.push({ path: own, full: join(folder, own) })
        else if (entry.isDirectory() && !passedOver.has(entry.name)) below.push(own)
        else if (entry.isDirectory() && shownToPeople.has(entry.name)) notLookedAt.push(own)
      }
    }
    open = below
  }
  return {
    files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    cut: seen > most || open.length > 0,
    passedOver: notLookedAt.toSorted(),
  }
}

/** What may not be read is not proposed. */
const entriesOf = (folder: string, path: string) => {
  try {
    return readdirSync(join(folder, path), { withFileTypes: true })
  } catch {
    return []
  }
}
