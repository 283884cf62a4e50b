import process from 'node:process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../core/errors.ts'
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
    let [now, without]: [Draft, Tried['without']] = [draft, new Map()]
    // What is left out may have been what an image was matched with: then the rest is tried again.
    for (;;) {
      await writeFile(file, writeDraft(now, ''))
      const tried = await tryOut(now, file, options)
      const all = new Map([...without, ...tried.without])
      now = propose(found, draft.name, { ...tried, without: all })
      if (all.size === without.size || now.services.length === 0) return now
      without = all
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
