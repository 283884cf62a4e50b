import { existsSync, lstatSync, statSync } from 'node:fs'
import { ConfigError, EnvironmentError, systemCode } from '../../core/errors.ts'

/** Whether the file is there already, in a folder that is. Throws ConfigError for what is no folder, EnvironmentError for what could never become a file. */
export const isOccupied = (folder: string, file: string): boolean => {
  const place = typeAt(folder)
  if (place !== 'folder')
    throw new ConfigError(place === undefined ? `There is no folder ${folder}.` : `${folder} is no folder.`, {
      code: 'flags',
      hints: ['`kindup init --dir DIR` takes the folder that the file is for, and is written into.'],
    })
  const found = typeAt(file)
  if (found === 'folder') throw new EnvironmentError('file-exists', `${file} is there already, and is a folder.`)
  if (found === 'link') throw new EnvironmentError('file-exists', `${file} is there already, as a link to nothing.`)
  return found === 'file'
}

const typeAt = (path: string): 'file' | 'folder' | 'link' | undefined => {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    return !existsSync(path) ? 'link' : statSync(path).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOTDIR') return undefined
    throw new EnvironmentError('file-read', `${path} cannot be looked at (${code}).`, { cause: error })
  }
}
