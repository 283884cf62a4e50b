import { EnvironmentError } from '../../core/errors.ts'
import { freeOn } from '../../core/full-disk.ts'

const meaning: Readonly<Record<string, string>> = {
  ENOSPC: 'has no room left',
  EDQUOT: 'has no room left for you (quota)',
  EROFS: 'is read-only',
  // Also what a recursive mkdir says of a read-only file system.
  ENOENT: 'cannot be made, or is gone meanwhile',
  EACCES: 'gives no write permission',
  EPERM: 'gives no write permission',
  ENOTDIR: 'is not a folder all the way',
  EEXIST: 'is not a folder all the way',
  EISDIR: 'has a folder where a file belongs',
  EIO: 'is on a disk that fails',
  EFBIG: 'takes no file of that size',
}

/** Whether this machine's disk refused, and not the network. */
export const isDiskError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error &&
  'code' in error &&
  'syscall' in error &&
  error.syscall !== 'connect' &&
  String(error.code) in meaning

/** A cache that takes no download, in words. */
export const cacheTrouble = (folder: string, error: NodeJS.ErrnoException): EnvironmentError =>
  new EnvironmentError(
    'cache-unusable',
    `The cache ${folder} ${meaning[error.code ?? '']} (${(error.code === 'ENOSPC' ? freeOn(folder) : undefined) ?? error.code}).`,
    {
      hints: ['Make room there, or let it be written; or take another folder: KINDUP_CACHE=/path kindup up'],
      cause: error,
    },
  )
