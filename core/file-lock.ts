import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { boundSignal, waiting } from './bound.ts'
import { EnvironmentError, stopReason, systemCode } from './errors.ts'
import { isThere, processMark, type ProcessMark } from './process-mark.ts'
import { putNew } from './put-new.ts'

type LockOptions = {
  readonly signal?: AbortSignal | undefined
  /** A lock of somebody unknown (kubectl, kind) that is older is taken over: they hold theirs for milliseconds. */
  readonly staleMs?: number
  readonly waitMs?: number
}

/** How often a holder shows that it lives to those who cannot ask for its process: other machines, other containers. */
const refreshMs = 2_000

/**
 * Does the work while `<file>.lock` exists: made exclusively, as client-go and kind make it (they fail at once where
 * it exists; this waits). A lock whose holder is dead is taken over, one of a process that lives never. Throws `locked` when the time is over, and what
 * the folder says when no file may be made in it.
 */
export const withFileLock = async <T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> => {
  const lock = `${file}.lock`
  const mark = await processMark(process.pid)
  const mine = `kindup ${process.pid} ${hostname()} ${randomBytes(6).toString('hex')} ${JSON.stringify(mark ?? {})}\n`
  await waiting(`${lock} is held by another program`, () => acquire(lock, mine, options))
  const refresh = setInterval(() => {
    const now = new Date()
    void utimes(lock, now, now).catch(() => undefined)
  }, refreshMs).unref()
  try {
    return await work()
  } finally {
    clearInterval(refresh)
    if ((await contentOf(lock)) === mine) await rm(lock, { force: true })
  }
}

const acquire = async (lock: string, mine: string, options: LockOptions): Promise<void> => {
  const { staleMs = 10_000, waitMs = 30_000 } = options
  const signal = boundSignal(options.signal)
  const until = performance.now() + waitMs
  for (;;) {
    if (signal?.aborted) throw stopReason(signal)
    if (await make(lock, mine)) return
    if (await takeOver(lock, staleMs)) continue
    if (performance.now() > until)
      throw new EnvironmentError('locked', `${lock} is still there after ${Math.round(waitMs / 1000)} s.`, {
        hints: [await whose(lock), `If nobody works on it any more: rm '${lock}'`],
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
  if (holder === 'alive' || (holder === 'unknown' && ageMs < staleMs)) return false
  // Asking for the holder takes a while, in which another process may have taken it over: what lives is not moved at all.
  const now = await stat(lock).catch(() => undefined)
  if (now?.ino !== seen.ino || now.mtimeMs !== seen.mtimeMs) return now === undefined
  const aside = `${lock}.${process.pid}-${randomBytes(4).toString('hex')}`
  const moved = await rename(lock, aside).then(
    () => stat(aside),
    () => undefined,
  )
  // Between the look and the move another process may have taken it over: then what moved is a live lock.
  if (moved && (moved.ino !== seen.ino || moved.mtimeMs !== seen.mtimeMs))
    await putNew(aside, lock).catch(() => undefined)
  if (moved) await rm(aside, { force: true })
  return true
}

const holderOf = async (lock: string): Promise<'alive' | 'dead' | 'unknown'> => {
  const holder = holderIn((await contentOf(lock)) ?? '')
  if (!holder || holder.host !== hostname()) return 'unknown'
  const { pid, mark } = holder
  const here = await processMark(process.pid)
  // A container may have the same host name: its process numbers mean nothing here.
  if (mark !== undefined && here !== undefined && mark.space !== here.space) return 'unknown'
  if (!isThere(pid)) return 'dead'
  const now = await processMark(pid)
  return mark !== undefined && here !== undefined && now?.start !== mark.start ? 'dead' : 'alive'
}

const whose = async (lock: string): Promise<string> => {
  const holder = holderIn((await contentOf(lock)) ?? '')
  if (!holder) return 'Another program holds it; kubectl and kind make such locks too.'
  const { pid, host } = holder
  return host === hostname()
    ? `A kindup (process ${pid}) holds it. Wait for it, or stop it: kill ${pid}`
    : `A kindup on ${host} (process ${pid}) holds it.`
}

type Holder = { readonly pid: number; readonly host: string; readonly mark: ProcessMark | undefined }

const holderIn = (text: string): Holder | undefined => {
  const [, pid, host = '', mark] = /^kindup (\d+) (\S+) [0-9a-f]+(?: (.*))?$/m.exec(text) ?? []
  if (pid === undefined) return undefined
  const [, space, start] = /^\{"space":"([^"]*)","start":"(\d+)"\}$/.exec(mark ?? '') ?? []
  return { pid: Number(pid), host, mark: space === undefined || start === undefined ? undefined : { space, start } }
}

/** Undefined when it is gone or may not be read (client-go makes its lock with no permissions at all). */
const contentOf = (lock: string): Promise<string | undefined> => readFile(lock, 'utf8').catch(() => undefined)
