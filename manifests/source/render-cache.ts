import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hashOf, keyOf } from '../../core/fingerprint.ts'
import type { Render } from '../helm/template-output.ts'

/** Raised when what is kept would come out differently for the same inputs. */
const format = 3

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
  if (kept) return kept
  const made = await render()
  if (made.problems.length > 0) return made
  await keep(file, sealed(made, key)).catch(() => undefined)
  return made
}

/** Not flushed to the disk: a file that a crash left empty is rendered again. */
const keep = async (file: string, bytes: Buffer): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`
  await writeFile(temporary, bytes, { mode: 0o600 })
  await rename(temporary, file)
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
    return JSON.parse(text.toString()) as Render
  } catch {
    return undefined
  }
}
