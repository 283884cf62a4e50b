import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf } from '../core/fingerprint.ts'
import { isThere, processIdentity } from '../core/process-identity.ts'

/** Of a process that cannot be asked about (another container, a boot ago): by then it is done. */
const longMs = 24 * 60 * 60_000

const parentOf = (cacheFolder: string): string => join(cacheFolder, 'private')

/**
 * Calls `use` with a folder that nobody else may read, and takes it away then. It stands in kindup's own cache and is
 * called after this process: what a killed one left (values of charts may be passwords) is found and taken away by the next.
 */
export const withPrivateFolder = async <T>(cacheFolder: string, use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await openPrivateFolder(cacheFolder)
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes such a folder. The caller takes it away. */
export const openPrivateFolder = async (cacheFolder: string): Promise<string> => {
  await clearPrivateFolders(cacheFolder)
  await mkdir(parentOf(cacheFolder), { recursive: true, mode: 0o700 })
  return mkdtemp(join(parentOf(cacheFolder), `${await ownerOf(process.pid)}-`))
}

/** Takes away what processes left that are gone. What cannot be taken away stays. */
export const clearPrivateFolders = async (cacheFolder: string): Promise<void> => {
  const parent = parentOf(cacheFolder)
  const names = await readdir(parent).catch(() => [])
  await Promise.all(
    names.map(async (name) => {
      const folder = join(parent, name)
      if (await isLeft(name, folder)) await rm(folder, { recursive: true, force: true }).catch(() => undefined)
    }),
  )
}

/** `space-pid-start`: the number of a process, and what tells it from others of that number. */
const ownerOf = async (pid: number): Promise<string> => {
  const identity = await processIdentity(pid)
  return `${await thisSpace()}-${pid}-${identity?.start ?? ''}`
}

const thisSpace = async (): Promise<string> => hashOf((await processIdentity(process.pid))?.space ?? '')

const isLeft = async (name: string, folder: string): Promise<boolean> => {
  const [, space, pid] = /^([0-9a-f]+)-(\d+)-/.exec(name) ?? []
  if (space !== undefined && space === (await thisSpace()))
    return !isThere(Number(pid)) || !name.startsWith(`${await ownerOf(Number(pid))}-`)
  const made = await stat(folder).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > longMs
}
