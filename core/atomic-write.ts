import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { withPath } from './full-disk.ts'

/** Writes a file whole or not at all: beside it, flushed to disk, renamed over it. Makes the folder. What is a device or a pipe is written to. */
export const writeFileAtomic = async (
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<void> => {
  await mkdir(dirname(path), { recursive: true })
  const there = await stat(path).catch(() => undefined)
  // A device or a pipe is written to, and stays one.
  if (there && !there.isFile() && !there.isDirectory()) return writeFile(path, content)
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o644)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw withPath(error, path)
  }
}
