import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError, messageOf, systemCode } from '../../core/errors.ts'
import { fileTrouble } from './file-trouble.ts'

/**
 * Makes the folder of a file that is to be written, as `mkdir -p` does, before hours of downloads are for nothing.
 * Throws ConfigError `file-not-written` where no file can be written there.
 */
export const demandTarget = async (file: string): Promise<void> => {
  try {
    await mkdir(dirname(file), { recursive: true })
    await access(dirname(file), constants.W_OK)
  } catch (error) {
    // Mkdir says so of a file that stands in the place of the folder.
    const isFile = systemCode(error) === 'EEXIST'
    const trouble = isFile
      ? new Error(`${file} cannot be written: ${dirname(file)} is a file.`)
      : fileTrouble(file, error)
    throw trouble === error ? error : new ConfigError(messageOf(trouble), { code: 'file-not-written', cause: error })
  }
  const there = await stat(file).catch(() => undefined)
  if (there?.isDirectory())
    throw new ConfigError(`${file} is a folder, and a file is to be written there.`, {
      code: 'file-not-written',
      hints: [`Name a file in it: ${file}/bundle.kindup`],
    })
}
