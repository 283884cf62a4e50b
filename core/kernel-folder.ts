import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * `/proc`, `/sys` or `/dev`, where a path leads into one of them: nothing that is written there stays, a folder is made for
 * ever (Node tries again and again), and a device can be read without an end. `/dev/shm` is a disk.
 */
export const kernelFolder = (path: string): string | undefined => {
  if (process.platform === 'win32') return undefined
  const [, folder, first] = /^(\/(?:proc|sys|dev))(?:\/([^/]*)|$)/.exec(itself(resolve(path))) ?? []
  return folder === '/dev' && first === 'shm' ? undefined : folder
}

/** The path without links, as far as it is there. */
const itself = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path
      ? path
      : `${itself(parent).replace(/\/$/, '')}${path.slice(parent === '/' ? 0 : parent.length)}`
  }
}
