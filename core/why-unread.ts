import { lstatSync, statSync } from 'node:fs'
import { systemCode } from './errors.ts'

const whys: Readonly<Record<string, string>> = {
  ELOOP: 'its links lead in a circle',
  ENOTDIR: 'its path leads through a file',
  EACCES: 'no permission to look into its folder',
  ENAMETOOLONG: 'its name is too long',
}

/** Why what is there is no file to read: a pipe would be waited for without an end. Undefined for files, folders, and where nothing is there. */
export const whyUnread = (path: string): string | undefined => {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found) return found.isFile() || found.isDirectory() ? undefined : 'it is a pipe or a device'
    return lstatSync(path, { throwIfNoEntry: false }) && 'it is a link that leads nowhere'
  } catch (thrown) {
    return whys[systemCode(thrown)] ?? systemCode(thrown)
  }
}
