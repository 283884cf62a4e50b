import { EnvironmentError, systemCode } from '../../core/errors.ts'

const whys: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
  EROFS: 'its disk is read-only',
  EACCES: 'there is no write permission for it',
  EPERM: 'there is no write permission for it',
  ENOENT: 'its folder is not there',
  ENOTDIR: 'it lies in something that is no folder',
  ELOOP: 'its links lead in a circle',
  EISDIR: 'it is a folder',
  EFBIG: 'its disk takes no file of that size',
  EIO: 'its disk fails',
}

/** Why the system does not let a file be written, in words; undefined of anything else that was thrown. */
export const whyNotWritten = (error: unknown): string | undefined => whys[systemCode(error)]

/** What the system says of a file that is written, in words; all else as it is. */
export const fileTrouble = (file: string, error: unknown): unknown => {
  const why = whyNotWritten(error)
  return why === undefined
    ? error
    : new EnvironmentError('file-not-written', `${file} cannot be written: ${why}.`, { cause: error })
}
