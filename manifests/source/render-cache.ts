import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hashOf } from '../../core/fingerprint.ts'
import { isRecord } from '../../core/is-record.ts'
import { parseJson } from '../../core/whole-number.ts'
import type { Render } from '../yaml/outlined.ts'

/** Raised when what is kept would come out differently for the same inputs. */
const format = 5

/**
 * Renders only what was not rendered from the same inputs before. What is kept can be read by this user alone, and holds
 * nothing that the files it was made from do not. Renders with problems are not kept: their cause may lie elsewhere.
 */
export const cachedRender = async (
  inputs: unknown,
  cacheFolder: string,
  render: () => Promise<Render>,
): Promise<Render> => {
  const file = join(cacheFolder, 'renders', hashOf([format, inputs]))
  const kept = await readFile(file, 'utf8').then(readKept, () => undefined)
  if (kept) {
    const now = new Date()
    await utimes(file, now, now).catch(() => undefined)
    return kept
  }
  const made = await render()
  if (made.problems.length > 0 || made.documents.some(({ faults }) => faults !== undefined)) return made
  await keep(file, JSON.stringify(made)).catch(() => undefined)
  return made
}

/** Not flushed to the disk: a file that a crash left empty is rendered again. */
const keep = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await writeFile(temporary, text, { mode: 0o600 })
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await dropOldest(dirname(file))
}

/** Each change of a file makes another render: what was not read for longest goes. */
const most = 300

/** Looks at the files only when there are many more than that, so that a run pays for it rarely. */
const dropOldest = async (folder: string): Promise<void> => {
  const names = await readdir(folder)
  if (names.length < most * 1.5) return
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { path, readAt: (await stat(path).catch(() => undefined))?.mtimeMs ?? Infinity }
    }),
  )
  const oldest = files.toSorted((a, b) => b.readAt - a.readAt).slice(most)
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })))
}

/** Undefined where it is not what was written. */
const readKept = (text: string): Render | undefined => {
  try {
    const kept: unknown = parseJson(text)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what stands under the hash of these inputs is what `keep` was given
    return isRecord(kept) && Array.isArray(kept['documents']) ? (kept as Render) : undefined
  } catch {
    return undefined
  }
}
