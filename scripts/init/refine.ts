import process from 'node:process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../core/errors.ts'
import { makeFiles, makeOfFiles } from '../../core/files.ts'
import { textAt } from '../../core/fields.ts'
import type { Run } from '../../core/run.ts'
import type { Draft } from './draft.ts'
import type { Found } from './found.ts'
import { propose } from './propose.ts'
import { tryOut, type Tried } from './try-out.ts'
import { writeDraft } from './write-draft.ts'

type Refining = {
  readonly folder: string
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** The proposal after it was tried: nothing is applied, and where it cannot be tried it stays as it is. */
export const refine = async (draft: Draft, found: Found, { folder, ...options }: Refining): Promise<Draft> => {
  if (draft.services.length === 0) return draft
  // Beside its place, because the paths in it start there.
  const file = join(folder, `.kindup-try-${process.pid}.yaml`)
  try {
    const known = { files: makeFiles(), ofFiles: makeOfFiles() }
    let now = draft
    let without: Tried['without'] = new Map()
    let wrong: Tried['wrong'] = new Map()
    let runs: Tried['runs'] = new Map()
    // What is left out may have been what an image was matched with: then the rest is tried again.
    for (;;) {
      await writeFile(file, writeDraft(now, ''))
      const tried = await tryOut(now, file, { ...options, known })
      const all = new Map([...without, ...tried.without])
      const allWrong = new Map([...wrong, ...tried.wrong])
      // An image that was matched because of what a service runs is one of the draft's own the next time.
      runs = new Map(
        [...new Set([...runs.keys(), ...tried.runs.keys()])].map((from) => [
          from,
          [...new Set([...(runs.get(from) ?? []), ...(tried.runs.get(from) ?? [])])],
        ]),
      )
      now = propose(found, draft.name, { without: all, wrong: allWrong, runs, balanced: tried.balanced })
      const isSame = all.size === without.size && allWrong.size === wrong.size
      if (isSame || now.services.length === 0) return now
      without = all
      wrong = allWrong
    }
  } catch (error) {
    options.signal.throwIfAborted()
    // `plan` says what is wrong with the file; a proposal is made all the same.
    if (error instanceof ConfigError || textAt(error, 'syscall') !== undefined) return draft
    throw error
  } finally {
    await rm(file, { force: true }).catch(() => undefined)
  }
}
