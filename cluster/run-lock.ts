import { access, mkdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError, systemCode } from '../core/errors.ts'
import { lockHolder, takeFileLock, type FileLock, type LockHolder } from '../core/file-lock.ts'
import { whyUnwritten } from '../core/full-disk.ts'

/**
 * Keeps a second kindup on this machine away from a name before the cluster, and its Lease, exist.
 * The lock of a run that is dead is taken over. Throws `busy` saying who has it.
 */
export const takeRunLock = async (path: string, command: string): Promise<FileLock> => {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    // Others may take over the same dead lock, release it, or have made it a moment ago and not yet said who they are.
    for (let attempt = 0; attempt < 3; attempt++) {
      const lock = await takeFileLock(path, command)
      if (lock) return lock
      const holder = await lockHolder(path)
      if (holder?.pid !== undefined) throw busy(holder)
      await pause(20)
    }
  } catch (error) {
    throw unwritable(path, error)
  }
  throw new EnvironmentError('busy', `Other runs of kindup want ${path} at the same time.`, {
    hints: ['Try again in a few seconds.'],
  })
}

/**
 * The same text twice: no run on this machine took that lock between. Undefined while one has it, or where nobody can tell.
 * Making and taking away a lock both change its folder.
 */
export const runLockState = async (path: string): Promise<string | undefined> => {
  const folder = await stat(dirname(path), { bigint: true }).catch(() => undefined)
  const isHeld = await access(path).then(
    () => true,
    () => false,
  )
  return folder && !isHeld ? String(folder.mtimeNs) : undefined
}

/** Who works on the cluster of that lock now, in words; undefined where nobody does. */
export const runUnderWay = async (path: string): Promise<string | undefined> => {
  const holder = await lockHolder(path)
  return holder && wordsOf(holder)
}

const whys: Readonly<Record<string, string>> = {
  EACCES: 'there is no write permission for it',
  EPERM: 'there is no write permission for it',
  EROFS: 'its disk is read-only',
  ENOTDIR: 'it lies in something that is no folder',
  EEXIST: 'there is a file in its place',
}

/** The first that a run writes on this machine: what is wrong with the folder is the user's, not a defect. */
const unwritable = (path: string, error: unknown): unknown => {
  const why = systemCode(error) === 'ENOSPC' ? whyUnwritten(path, error) : whys[systemCode(error)]
  if (why === undefined) return error
  return new EnvironmentError('cache-unwritable', `kindup cannot work in its folder ${dirname(path)}: ${why}.`, {
    hints: ['export KINDUP_CACHE=~/.kindup   # any folder that is yours; then once more'],
    cause: error,
  })
}

/** `kindup up (process 4711)`, with its machine where that is another one that shares the folder. */
const wordsOf = ({ pid, host, command = 'kindup' }: LockHolder): string => {
  if (pid === undefined) return 'another program'
  return `${command} (process ${pid}${isElsewhere(host) ? ` on ${host}` : ''})`
}

const isElsewhere = (host: string | undefined): boolean => host !== undefined && host !== hostname()

const busy = (holder: LockHolder): EnvironmentError => {
  const started = new Date(holder.startedAt ?? Number.NaN)
  const since = Number.isNaN(started.getTime())
    ? 'works on this cluster'
    : `has worked on this cluster since ${started.toTimeString().slice(0, 8)}`
  return new EnvironmentError('busy', `${wordsOf(holder)} ${since}.`, {
    hints: [
      'Wait until it is done, and try again.',
      ...(isElsewhere(holder.host) ? [] : [`Or stop it: kill ${holder.pid}`]),
    ],
  })
}
