import { copyFile, constants, link } from 'node:fs/promises'
import { systemCode } from './errors.ts'

/**
 * Gives a file a second name at once and with all its content. Throws `EEXIST` where the name is taken. File systems
 * without links (exFAT, some network shares) get a copy instead: exclusive too, but whole only when it is done.
 */
export const putNew = async (
  from: string,
  to: string,
  linked: (from: string, to: string) => Promise<void> = link,
): Promise<void> => {
  try {
    await linked(from, to)
  } catch (error) {
    if (['EEXIST', 'ENOENT'].includes(systemCode(error))) throw error
    await copyFile(from, to, constants.COPYFILE_EXCL)
  }
}
