import { randomBytes } from 'node:crypto'
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError, stopReason, systemCode } from './errors.ts'

type LockOptions = {
  readonly signal?: AbortSignal | undefined
  /** A lock of somebody unknown (kubectl, kind) that is older is taken over: they hold theirs for milliseconds. */
  readonly staleMs?: number
  readonly waitMs?: number
}

/** A kindup that lives may be slow, or asleep in the background; one that held its lock this long does not come back. */
const liveHolderMs = 60_000

/**
 * Does the work while `<file>.lock` exists: made exclusively, as client-go and kind make it (they fail at once where
 * it exists; this waits). A lock whose holder is dead is taken over. Throws `locked` when the time is over, and what
 * the folder says when no file may be made in it.
 */
export const withFileLock = async <T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> => {
  const lock = `${file}.lock`
  const mine = `kindup ${process.pid} ${hostname()} ${randomBytes(6).toString('hex')}\n`
  await acquire(lock, mine, options)
  try {
    return await work()
  } finally {
    if ((await contentOf(lock)) === mine) await rm(lock, { force: true })
  }
}

const acquire = async (lock: string, mine: string, options: LockOptions): Promise<void> => {
  const { signal, staleMs = 10_000, waitMs = 30_000 } = options
  const until = performance.now() + waitMs
  for (;;) {
    if (signal?.aborted) throw stopReason(signal)
    if (await make(lock, mine)) return
    if (await takeOver(lock, staleMs)) continue
    if (performance.now() > until)
      throw new EnvironmentError('locked', `${lock} is still there after ${Math.round(waitMs / 1000)} s.`, {
        hints: [`Another program holds it. If none does: rm '${lock}'`],
      })
    await pause(20, undefined, { signal }).catch(() => undefined)
  }
}

const make = async (lock: string, mine: string): Promise<boolean> => {
  try {
    const handle = await open(lock, 'wx', 0o600)
    try {
      await handle.writeFile(mine)
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Moves a stale lock aside; true when there is none any more. */
const takeOver = async (lock: string, staleMs: number): Promise<boolean> => {
  const seen = await stat(lock).catch(() => undefined)
  if (!seen) return true
  const holder = await holderOf(lock)
  const ageMs = Date.now() - seen.mtimeMs
  if (holder !== 'dead' && ageMs < (holder === 'alive' ? liveHolderMs : staleMs)) return false
  const aside = `${lock}.${process.pid}-${randomBytes(4).toString('hex')}`
  const moved = await rename(lock, aside).then(
    () => stat(aside),
    () => undefined,
  )
  // Between the look and the move another process may have taken it over: then what moved is a live lock.
  if (moved && (moved.ino !== seen.ino || moved.mtimeMs !== seen.mtimeMs))
    await link(aside, lock).catch(() => undefined)
  if (moved) await rm(aside, { force: true })
  return true
}

const holderOf = async (lock: string): Promise<'alive' | 'dead' | 'unknown'> => {
  const [, pid, host] = /^kindup (\d+) (\S+) /.exec((await contentOf(lock)) ?? '') ?? []
  if (pid === undefined || host !== hostname()) return 'unknown'
  try {
    process.kill(Number(pid), 0)
    return 'alive'
  } catch (error) {
    return systemCode(error) === 'EPERM' ? 'alive' : 'dead'
  }
}

/** Undefined when it is gone or may not be read (client-go makes its lock with no permissions at all). */
const contentOf = (lock: string): Promise<string | undefined> => readFile(lock, 'utf8').catch(() => undefined)
