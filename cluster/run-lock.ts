import { randomBytes } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { numberAt, textAt } from '../core/fields.ts'
import { EnvironmentError, systemCode } from '../core/errors.ts'
import { isThere, processMark, type ProcessMark } from '../core/process-mark.ts'
import { putNew } from '../core/put-new.ts'

type Holder = {
  readonly pid: number
  readonly startedAt: string
  /** As the user would write it: `kindup up`. */
  readonly command: string
  readonly mark?: ProcessMark
}

export type RunLock = { release(): Promise<void> }

/**
 * Keeps a second kindup on this machine away from a name before the cluster, and its Lease, exist.
 * The lock of a run that is dead is taken over. Throws `busy` saying who has it.
 */
export const takeRunLock = async (path: string, command: string): Promise<RunLock> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw unwritable(path, error)
  })
  const mark = await processMark(process.pid)
  const mine: Holder = {
    pid: process.pid,
    startedAt: new Date().toISOString(),
    command,
    ...(mark === undefined ? {} : { mark }),
  }
  const text = `${JSON.stringify(mine)}\n`
  // Whoever takes over a dead lock may lose it again to a third; twice is luck enough.
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await make(path, text)) return { release: () => release(path, text) }
    const seen = await readFile(path, 'utf8').catch(() => undefined)
    if (seen === undefined) continue
    const holder = parsed(seen)
    if (holder && (await isAlive(holder))) throw busy(holder)
    await setAside(path, seen)
  }
  throw new EnvironmentError('busy', `Other runs of kindup want ${path} at the same time.`, {
    hints: ['Try again in a moment.'],
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
  const holder = parsed(await readFile(path, 'utf8').catch(() => ''))
  return holder && (await isAlive(holder)) ? `${holder.command} (process ${holder.pid})` : undefined
}

/** Made with its content at once: a lock that is half written would look dead. */
const make = async (path: string, text: string): Promise<boolean> => {
  const mine = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  await writeFile(mine, text, { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    throw unwritable(path, error)
  })
  try {
    await putNew(mine, path)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false
    throw unwritable(path, error)
  } finally {
    await rm(mine, { force: true })
  }
}

/** Only what was seen to be dead is moved: another process may have been faster. */
const setAside = async (path: string, seen: string): Promise<void> => {
  const aside = `${path}.${process.pid}-${randomBytes(4).toString('hex')}`
  if (
    !(await rename(path, aside).then(
      () => true,
      () => false,
    ))
  )
    return
  const moved = await readFile(aside, 'utf8').catch(() => undefined)
  if (moved === seen) await rm(aside, { force: true })
  else {
    await putNew(aside, path).catch(() => undefined)
    await rm(aside, { force: true })
  }
}

const release = async (path: string, text: string): Promise<void> => {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true })
}

const whys: Readonly<Record<string, string>> = {
  EACCES: 'there is no write permission for it',
  EPERM: 'there is no write permission for it',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  ENOTDIR: 'it lies in something that is no folder',
  EEXIST: 'there is a file in its place',
}

/** The first that a run writes on this machine: what is wrong with the folder is the user's, not a defect. */
const unwritable = (path: string, error: unknown): unknown => {
  const why = error instanceof Error && 'code' in error ? whys[String(error.code)] : undefined
  if (why === undefined) return error
  return new EnvironmentError('cache-unwritable', `kindup cannot work in its folder ${dirname(path)}: ${why}.`, {
    hints: ['export KINDUP_CACHE=~/.kindup   # any folder that is yours; then once more'],
    cause: error,
  })
}

const isAlive = async ({ pid, mark }: Holder): Promise<boolean> => {
  if (!isThere(pid)) return false
  const now = await processMark(pid)
  // The same number may be another process by now; where that cannot be told, it is taken for the same.
  return mark === undefined || now === undefined || (now.start === mark.start && now.space === mark.space)
}

const parsed = (text: string): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    const pid = numberAt(value, 'pid')
    if (!Number.isInteger(pid) || pid === undefined) return undefined
    const [start, space] = [textAt(value, 'mark', 'start'), textAt(value, 'mark', 'space')]
    return {
      pid,
      startedAt: textAt(value, 'startedAt') ?? '',
      command: textAt(value, 'command') ?? 'kindup',
      ...(start === undefined || space === undefined ? {} : { mark: { start, space } }),
    }
  } catch {
    // Not one of ours: nobody can be asked.
    return undefined
  }
}

const busy = ({ pid, command, startedAt }: Holder): EnvironmentError =>
  new EnvironmentError(
    'busy',
    `${command} (process ${pid}) has worked on this cluster since ${new Date(startedAt).toTimeString().slice(0, 8)}.`,
    { hints: ['Wait until it is done, and try again.', `Or stop it: kill ${pid}`] },
  )
