import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { cacheFolder } from '../../core/paths.ts'
import { inGiB, type Check } from './check.ts'

const GiB = 2 ** 30

export const diskCheck: Check = {
  id: 'disk',
  title: 'there is room on the disk',
  run: async ({ env }) => {
    const folder = cacheFolder(env)
    const { bavail, bsize } = await statsOf(folder)
    const free = bavail * bsize
    const evidence = `${inGiB(free)} free for ${folder}`
    if (free >= 5 * GiB) return { state: 'ok', evidence }
    return {
      state: free >= GiB / 2 ? 'warning' : 'failed',
      cause: `Only ${inGiB(free)} are free; node images and charts want 5 GiB.`,
      evidence,
      fix: 'docker system prune   # frees what no container uses',
    }
  },
}

/** Of the folder, or of the nearest one above that is there. */
const statsOf = async (folder: string): Promise<{ readonly bavail: number; readonly bsize: number }> => {
  try {
    return await statfs(folder)
  } catch (error) {
    if (dirname(folder) === folder) throw error
    return statsOf(dirname(folder))
  }
}
