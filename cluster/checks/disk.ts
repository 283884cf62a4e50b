import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unlessRefused } from '../../core/errors.ts'
import { cacheFolder } from '../../core/paths.ts'
import { inGiB, type Check, type CheckDependencies } from './check.ts'

const GiB = 2 ** 30

export const diskCheck: Check = {
  id: 'disk',
  title: 'there is room on the disk',
  run: async (dependencies) => {
    const { freeBytes = freeFor } = dependencies
    const folders = [cacheFolder(dependencies.env), ...(await dataRoot(dependencies))]
    const probed = await Promise.all(folders.map(async (folder) => ({ folder, free: await freeBytes(folder) })))
    const known = probed.flatMap(({ folder, free }) => (free === undefined ? [] : [{ folder, free }]))
    const evidence = known.map(({ folder, free }) => `${inGiB(free)} free for ${folder}`).join(', ')
    const low = known.toSorted((a, b) => a.free - b.free)[0]
    if (!low || low.free >= 5 * GiB) return { state: 'ok', evidence }
    return {
      state: low.free >= GiB / 2 ? 'warning' : 'failed',
      cause: `Only ${inGiB(low.free)} are free for ${low.folder}; node images and charts want 5 GiB.`,
      evidence,
      fix: 'docker system prune   # frees what no container uses',
    }
  },
}

/** Where the engine keeps images and containers, when that is a folder of this machine. */
const dataRoot = async ({ engine }: CheckDependencies): Promise<readonly string[]> => {
  return unlessRefused(async () => {
    const { virtual, host, dataRoot: folder } = await (await engine()).info()
    return folder === undefined || virtual || host !== undefined ? [] : [folder]
  }, [])
}

/** Of the folder, or of the nearest one above that is there; undefined where this user may not look. */
const freeFor = async (folder: string): Promise<number | undefined> => {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EACCES') return undefined
    if (dirname(folder) === folder) throw error
    return freeFor(dirname(folder))
  }
}
