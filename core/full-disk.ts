import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { EnvironmentError, messageOf, systemCode } from './errors.ts'
import { textAt } from './fields.ts'

const whys: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on its disk',
  EDQUOT: 'your quota of its disk is used up',
}

const others: Readonly<Record<string, string>> = {
  EACCES: 'no write permission',
  EPERM: 'no write permission',
  EROFS: 'its disk is read-only',
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its path leads through a file',
  EEXIST: 'its path leads through a file',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EISDIR: 'it is a folder',
  EFBIG: 'its disk takes no file of that size',
  EIO: 'its disk fails',
}

/**
 * Why a file could not be written, in words: of a full disk how much is free, `no space left on its disk (4 KB free)`; of what
 * nobody foresaw what the system says, or its code alone where `brief`.
 */
export const whyUnwritten = (path: string, error: unknown, brief = false): string => {
  const code = systemCode(error)
  const full = whys[code]
  if (full === undefined) return others[code] ?? (brief && code !== '' ? code : messageOf(error))
  const free = freeOn(path)
  return free === undefined ? full : `${full} (${free})`
}

/** What is left for this user on the disk that a path lies on: `4 KB free`. */
export const freeOn = (path: string): string | undefined => {
  const free = freeBytes(path)
  return free === undefined ? undefined : `${sizeOf(free)} free`
}

/** What a full disk has refused to a write that nobody foresaw, as an error for people. Undefined for anything else. */
export const fullDisk = (error: unknown): EnvironmentError | undefined => {
  if (error instanceof EnvironmentError || !(systemCode(error) in whys)) return undefined
  const path = textAt(error, 'path') ?? textAt(error, 'dest')
  if (path === undefined)
    return new EnvironmentError('disk-full', `A file could not be written: ${whys[systemCode(error)]}.`, {
      hints: ['df -h'],
      cause: error,
    })
  return new EnvironmentError('disk-full', `${path} could not be written: ${whyUnwritten(path, error)}.`, {
    hints: [`df -h ${dirname(path)}`, 'Free some room, and run it again: what was there before is whole.'],
    cause: error,
  })
}

/** The same error with the file that it is about: of a write to an open file the system names none. */
export const withPath = (error: unknown, path: string): unknown =>
  error instanceof Error && 'syscall' in error && !('path' in error) ? Object.assign(error, { path }) : error

/** Of the disk that a path lies on, or would: bytes that this user may still write. */
const freeBytes = (path: string): number | undefined => {
  for (let at = path; ; at = dirname(at))
    try {
      const { bavail, bsize } = statfsSync(at)
      return bavail * bsize
    } catch {
      if (dirname(at) === at) return undefined
    }
}

const sizeOf = (bytes: number): string =>
  bytes < 1e3 ? `${bytes} bytes` : bytes < 1e6 ? `${Math.floor(bytes / 1e3)} KB` : `${Math.floor(bytes / 1e6)} MB`
