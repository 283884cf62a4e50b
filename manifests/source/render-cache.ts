import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hashOf, keyOf } from '../../core/fingerprint.ts'
import { parseJson } from '../../core/whole-number.ts'
import type { Render } from '../yaml/outlined.ts'

/** Raised when what is kept would come out differently for the same inputs. */
const format = 4

/** Renders only what was not rendered from the same inputs before. Renders with problems are not kept: their cause may lie elsewhere. */
export const cachedRender = async (
  inputs: unknown,
  cacheFolder: string,
  render: () => Promise<Render>,
): Promise<Render> => {
  const file = join(cacheFolder, 'renders', hashOf([format, inputs]))
  const key = keyOf([format, inputs])
  const kept = await readFile(file).then(
    (bytes) => opened(bytes, key),
    () => undefined,
  )
  if (kept) {
    const now = new Date()
    await utimes(file, now, now).catch(() => undefined)
    return kept
  }
  const made = await render()
  if (made.problems.length > 0 || made.documents.some(({ faults }) => faults !== undefined)) return made
  await keep(file, sealed(made, key)).catch(() => undefined)
  return made
}

/** Not flushed to the disk: a file that a crash left empty is rendered again. */
const keep = async (file: string, bytes: Buffer): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`
  await writeFile(temporary, bytes, { mode: 0o600 })
  await rename(temporary, file)
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

const algorithm = 'aes-256-gcm'
const ivBytes = 12
const tagBytes = 16

/**
 * Rendered objects hold passwords that came from the environment, and the cache outlives clusters: only who has the
 * inputs, those passwords among them, reads again what was made of them.
 */
const sealed = (made: Render, key: Buffer): Buffer => {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, key, iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(made)), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), text])
}

/** Undefined where it is not what was sealed. */
const opened = (bytes: Buffer, key: Buffer): Render | undefined => {
  try {
    const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
    const text = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()])
    // Nobody else can have sealed it.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what `sealed` was given
    return parseJson(text.toString()) as Render
  } catch {
    return undefined
  }
}
