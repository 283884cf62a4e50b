import { randomBytes } from 'node:crypto'
import { lstat, open, readFile, rm, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { boundSignal, waiting } from './bound.ts'
import { EnvironmentError, stopReason, systemCode } from './errors.ts'
import { numberAt, textAt } from './fields.ts'
import { processIdentity, processState, type ProcessIdentity } from './process-identity.ts'
import { parseJson } from './whole-number.ts'

/** Who holds a lock, as its file says. Of a lock of another program (kubectl, kind) only that it is there is known. */
export type LockHolder = {
  readonly pid?: number | undefined
  readonly host?: string | undefined
  /** As the user would write it: `kindup up`. */
  readonly command?: string | undefined
  /** ISO 8601. */
  readonly startedAt?: string | undefined
}

export type FileLock = { release(): Promise<void> }

/** How often a holder shows that it lives to those who cannot ask for its process: other machines, other containers. */
const refreshMs = 2_000
/** A lock whose holder cannot be asked and that was not refreshed for so long is free: kubectl and kind hold theirs for milliseconds. */
const staleMs = 10_000

/**
 * Does the work while `<file>.lock` exists: the file that client-go and kind make (they fail at once where
 * it exists; this waits). Throws `locked` when one lock has been there for all of `waitMs`: of twenty runs on a busy
 * machine the last waits for longer, and each of the others for its turn. Throws what the folder says when no file may be made in it.
 */
export const withFileLock = async <T>(
  file: string,
  options: { readonly signal?: AbortSignal | undefined; readonly waitMs?: number },
  work: () => Promise<T>,
): Promise<T> => {
  const path = `${file}.lock`
  const lock = await waiting(`${path} is held by another program`, () => patiently(path, options))
  try {
    return await work()
  } finally {
    await lock.release()
  }
}

const patiently = async (path: string, options: Parameters<typeof withFileLock>[1]): Promise<FileLock> => {
  const { waitMs = 30_000 } = options
  const signal = boundSignal(options.signal)
  let until = performance.now() + waitMs
  let held = ''
  for (;;) {
    if (signal?.aborted) throw stopReason(signal)
    const lock = await takeFileLock(path)
    if (lock) return lock
    const now = await identityOf(path)
    if (now !== held) {
      until = performance.now() + waitMs
      held = now
    }
    if (performance.now() > until)
      throw new EnvironmentError('locked', `${path} is still there after ${Math.round(waitMs / 1000)} s.`, {
        hints: [whose(await lockHolder(path)), `If nobody works on it any more: rm '${path}'`],
      })
    await pause(20, undefined, { signal }).catch(() => undefined)
  }
}

/**
 * Makes the lock `path`, exclusively, and refreshes it until it is released; undefined while another one holds it.
 * A lock whose holder is dead is taken over, one of a process that lives never.
 */
export const takeFileLock = async (path: string, command?: string): Promise<FileLock | undefined> => {
  const mark = await processIdentity(process.pid)
  const holder: LockHolder = { pid: process.pid, host: hostname(), command, startedAt: new Date().toISOString() }
  const text = `${JSON.stringify({ ...holder, mark, id: randomBytes(6).toString('hex') })}\n`
  if (!(await make(path, text)) && !((await removeStale(path, text)) && (await make(path, text)))) return undefined
  const refresh = setInterval(() => {
    const now = new Date()
    void utimes(path, now, now).catch(() => undefined)
  }, refreshMs).unref()
  return {
    release: async () => {
      clearInterval(refresh)
      if ((await contentOf(path)) === text) await rm(path, { force: true })
    },
  }
}

/** Who holds the lock `path` now. Undefined where nobody does: no lock is there, or a stale one. */
export const lockHolder = async (path: string): Promise<LockHolder | undefined> => {
  const found = await read(path)
  return found && !found.isStale ? found.holder : undefined
}

/** Whether a lock is left there whose holder is gone, as far as it can be told. */
export const isStaleLock = async (path: string): Promise<boolean> => (await read(path))?.isStale === true

const make = async (path: string, text: string): Promise<boolean> => {
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (systemCode(error) === 'EEXIST') return undefined
    throw error
  })
  try {
    await handle?.writeFile(text)
  } catch (error) {
    // A full disk: a lock that does not say whose it is would keep everybody waiting.
    await rm(path, { force: true })
    throw error
  } finally {
    await handle?.close()
  }
  return handle !== undefined
}

/**
 * True when a stale lock was removed. Only the holder of a second lock may remove the first, and looks at it again
 * under that: of two that found the same stale lock, the slower one would remove the new lock of the faster one.
 */
const removeStale = async (path: string, text: string): Promise<boolean> => {
  if (!(await isStaleLock(path))) return false
  const second = `${path}.takeover`
  if (!(await make(second, text))) {
    await removeStale(second, text)
    return false
  }
  try {
    if (!(await isStaleLock(path))) return false
    await rm(path, { force: true })
    return true
  } finally {
    await rm(second, { force: true })
  }
}

type Found = { readonly holder: LockHolder; readonly isStale: boolean }

const read = async (path: string): Promise<Found | undefined> => {
  const seen = await lstat(path).catch(() => undefined)
  if (!seen) return undefined
  const { mark, ...holder } = parsed((await contentOf(path)) ?? '')
  const { pid, host = hostname() } = holder
  const state = pid !== undefined && host === hostname() ? await processState(pid, mark) : 'unknown'
  // What is no file is no lock, and nobody's to remove.
  const isOld = seen.isFile() && Date.now() - seen.mtimeMs >= staleMs
  return { holder, isStale: state === 'dead' || (state === 'unknown' && isOld) }
}

const parsed = (text: string): LockHolder & { readonly mark?: ProcessIdentity | undefined } => {
  try {
    const value: unknown = parseJson(text)
    const pid = numberAt(value, 'pid')
    const [space, start] = [textAt(value, 'mark', 'space'), textAt(value, 'mark', 'start')]
    return {
      pid: Number.isInteger(pid) ? pid : undefined,
      host: textAt(value, 'host'),
      command: textAt(value, 'command'),
      startedAt: textAt(value, 'startedAt'),
      mark: space === undefined || start === undefined ? undefined : { space, start },
    }
  } catch {
    return {}
  }
}

const whose = ({ pid, host }: LockHolder = {}): string => {
  if (pid === undefined) return 'Another program holds it; kubectl and kind make such locks too.'
  return host === hostname()
    ? `A kindup (process ${pid}) holds it. Wait for it, or stop it: kill ${pid}`
    : `A kindup on ${host} (process ${pid}) holds it.`
}

/** Which lock it is: another holder makes another file. Its times tell nothing, since a holder refreshes them. */
const identityOf = async (path: string): Promise<string> => {
  const seen = await lstat(path).catch(() => undefined)
  return `${seen?.ino ?? ''} ${(await contentOf(path)) ?? ''}`
}

/** Undefined when it is gone or cannot be read (client-go makes its lock with no permissions at all). */
const contentOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)
