import { readdirSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from './errors.ts'

/** The paths of all files of a folder and below; links and folders that are not there or are closed to us have none. */
export const filesBelow = (folder: string): readonly string[] =>
  entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : entry.isFile() ? [path] : []
  })

/** What a folder holds: nothing where it is not there or is closed to us, as the data of a container's database. */
export const entriesOf = (folder: string): readonly Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(systemCode(error))) throw error
    return []
  }
}
