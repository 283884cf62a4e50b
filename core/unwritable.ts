import { accessSync, constants, lstatSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode } from './errors.ts'
import { whyUnwritten } from './full-disk.ts'

/** Why, in words; `isRefused` where the machine does not let it be, and not the path that was named. */
type Unwritable = { readonly why: string; readonly isRefused: boolean }

/** Why no file or folder could be written at a path (`text`: a file that is read before), as far as that shows before it is tried; undefined where nothing is in the way. */
export const unwritable = (path: string, wanted: 'file' | 'text' | 'folder'): Unwritable | undefined => {
  try {
    const there = statSync(path, { throwIfNoEntry: false })
    if (wanted !== 'folder' && there?.isDirectory()) return named('it is a folder')
    if (wanted === 'folder' && there && !there.isDirectory()) return named('it is a file')
    // A device or a pipe is written to as it is.
    const isStream = there !== undefined && !there.isFile() && !there.isDirectory()
    // Files are written beside their place first, under a longer name.
    if (isStream && wanted === 'text') return named('it is a pipe or a device')
    if (!isStream) statSync(`${path}.1234567-12345678.tmp`, { throwIfNoEntry: false })
    const isLink = lstatSync(nearest(path)).isSymbolicLink()
    const folder = isStream || (wanted === 'folder' && (there || isLink)) ? path : dirname(path)
    return isStream || whyNoFolder(folder) === undefined ? demandWrite(nearest(folder)) : whyNoFolder(folder)
  } catch (error) {
    const code = systemCode(error)
    if (code === '') throw error
    return { why: whyUnwritten(path, error, true), isRefused: !['ELOOP', 'ENAMETOOLONG'].includes(code) }
  }
}

const named = (why: string): Unwritable => ({ why, isRefused: false })

/** The path, or what is there of the folders above it. */
const nearest = (path: string): string => {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) || dirname(path) === path) return path
  } catch (error) {
    // Below a file.
    if (systemCode(error) !== 'ENOTDIR') throw error
  }
  return nearest(dirname(path))
}

const whyNoFolder = (path: string): Unwritable | undefined => {
  const at = nearest(path)
  const there = statSync(at, { throwIfNoEntry: false })
  if (!there) return named(`${at} is a link that leads nowhere`)
  return there.isDirectory() ? undefined : named(`${at} is a file`)
}

const demandWrite = (path: string): undefined => {
  accessSync(path, constants.W_OK)
}
