import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { lstat, mkdir, open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { systemCode } from './errors.ts'
import { withPath } from './full-disk.ts'

export type ReplaceOptions = {
  /** Of a file that is new; one that was there keeps its own. */
  readonly mode?: number
  /** The system's own; a stand-in shows what happens where renames are refused. */
  readonly rename?: (from: string, to: string) => Promise<void>
}

/**
 * Replaces the bytes of a file that belongs to somebody: symbolic links are followed, mode and owner kept, and a crash
 * leaves the old bytes or the new ones. Where no other file can take its place (a bind mount, several links, a folder
 * without write permission, an owner who cannot be kept) it is written in place, with a backup until that is done.
 */
export const replaceFile = async (path: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<void> =>
  (await stageFile(path, bytes, options)).commit()

/** New bytes that are ready for a file. */
export type StagedFile = {
  readonly commit: () => Promise<void>
  readonly drop: () => Promise<void>
  /** They stand nowhere yet: `commit` writes them. Else they stand beside the file, and to give them its name takes no room on the disk, unless that is refused. */
  readonly inPlace: boolean
}

/** The first half of `replaceFile`, which ends with `commit`, or with `drop`. */
export const stageFile = async (path: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<StagedFile> => {
  const target = await targetOf(path)
  const before = await stat(target).catch(() => undefined)
  if (!before) await mkdir(dirname(target), { recursive: true })
  const temporary = `${target}.${unique()}.tmp`
  const drop = (): Promise<void> => rm(temporary, { force: true }).catch(() => undefined)
  const inPlace = (there: Stats): StagedFile => ({
    commit: () => writeInPlace(target, bytes, there),
    drop,
    inPlace: true,
  })
  // A device or a pipe is written to: /dev/null is to be one afterwards, too.
  if (before && !before.isFile())
    return { commit: () => writeFile(target, bytes), drop: async () => undefined, inPlace: true }
  if (before && before.nlink > 1) return inPlace(before)
  const otherwise = async (error: unknown): Promise<StagedFile> => {
    await drop()
    if (!before || !refusals.has(systemCode(error))) throw withPath(error, path)
    return inPlace(before)
  }
  const commit = async (): Promise<void> => {
    try {
      await (options.rename ?? rename)(temporary, target)
      await syncFolder(dirname(target))
    } catch (error) {
      await (await otherwise(error)).commit()
    }
  }
  try {
    await writeWhole(temporary, bytes, before?.mode ?? options.mode ?? 0o644, before)
  } catch (error) {
    return otherwise(error)
  }
  return { commit, drop, inPlace: false }
}

/** EBUSY is what a container's bind-mounted /etc/hosts answers to a rename. */
const refusals = new Set(['EBUSY', 'EPERM', 'EXDEV', 'EACCES', 'EROFS'])

/** Where the links lead; the last one may lead to a file that is not there yet. */
export const targetOf = async (path: string): Promise<string> => {
  try {
    return await realpath(path)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
    const link = await lstat(path).catch(() => undefined)
    return link?.isSymbolicLink() ? resolve(dirname(path), await readlink(path)) : path
  }
}

const writeWhole = async (path: string, bytes: Uint8Array, mode: number, like?: Stats): Promise<void> => {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    const now = await file.stat()
    if (like && (now.uid !== like.uid || now.gid !== like.gid)) await file.chown(like.uid, like.gid)
    await file.chmod(mode & 0o7777)
    await file.sync()
  } finally {
    await file.close()
  }
}

const writeInPlace = async (path: string, bytes: Uint8Array, before: Stats): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    const old = await file.readFile()
    const backup = await keepBackup(path, old)
    try {
      await writeAll(file, bytes)
    } catch (cause) {
      // The room of the old bytes is still this file's.
      const isWhole = await writeAll(file, old).then(
        () => true,
        () => false,
      )
      if (!isWhole)
        throw new Error(`${path} (${before.size} bytes) may be half written; its old bytes are in ${backup}.`, {
          cause,
        })
      await rm(backup, { force: true })
      throw withPath(cause, path)
    }
    await rm(backup, { force: true })
  } finally {
    await file.close()
  }
}

/** A disk that is nearly full takes the first bytes and says how many those were: only the next write fails. */
const writeAll = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten
  await file.truncate(bytes.length)
  await file.sync()
}

const keepBackup = async (path: string, old: Uint8Array): Promise<string> => {
  const beside = `${path}.${unique()}.backup`
  const elsewhere = join(tmpdir(), basename(beside))
  try {
    await writeWhole(beside, old, 0o600)
    return beside
  } catch {
    await rm(beside, { force: true }).catch(() => undefined)
    await writeWhole(elsewhere, old, 0o600)
    return elsewhere
  }
}

const syncFolder = async (path: string): Promise<void> => {
  // Windows opens no folders.
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

const unique = (): string => `kindup-${process.pid}-${randomBytes(4).toString('hex')}`
