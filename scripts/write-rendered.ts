import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { EnvironmentError, systemCode } from '../core/errors.ts'
import type { RenderedFile } from '../manifests/render-out.ts'
import { whyUnwritten } from '../core/full-disk.ts'
import { shown } from '../core/shown-command.ts'

/**
 * Writes the files into the folder, and makes it. Those that may hold passwords are for this user alone, also where one
 * that everybody could read stood there before. Throws `file-write`.
 */
export const writeRendered = async (folder: string, files: readonly RenderedFile[]): Promise<void> => {
  try {
    for (const path of new Set(files.map((file) => dirname(join(folder, file.path)))))
      await mkdir(path, { recursive: true })
    // Not flushed to the disk: it is written again in less time than that takes.
    await Promise.all(files.map((file) => writeOne(join(folder, file.path), file)))
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    throw new EnvironmentError(
      'file-write',
      `The folder ${folder} cannot be written (${whyUnwritten(folder, error, true)}).`,
      {
        hints: [shown('ls', ['-ld', folder]), 'Name another one with --out.'],
        cause: error,
      },
    )
  }
}

const writeOne = async (path: string, { text, isPrivate = false }: RenderedFile): Promise<void> => {
  if (!isPrivate) return writeFile(path, text)
  await chmod(path, 0o600).catch(async (error: unknown) => {
    // Somebody else's file is replaced where that is allowed.
    if (systemCode(error) !== 'ENOENT') await rm(path)
  })
  await writeFile(path, text, { mode: 0o600 })
}
