import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from './check.ts'

/** What kind asks for; below it nodes fail with "too many open files". */
const wanted = { max_user_watches: 524_288, max_user_instances: 512 }

export const inotifyCheck: Check = {
  id: 'inotify',
  title: 'the kernel allows file watches enough',
  run: async ({ platform, proc = '/proc' }) => {
    if (platform !== 'linux') return { state: 'skipped', cause: 'The engine brings its own kernel.' }
    const read = async (name: string): Promise<number | undefined> => {
      const text = await readFile(join(proc, 'sys', 'fs', 'inotify', name), 'utf8').catch(() => undefined)
      return text === undefined ? undefined : Number(text)
    }
    const entries = await Promise.all(
      Object.entries(wanted).map(async ([name, least]) => ({ name, least, now: await read(name) })),
    )
    const evidence = entries.map(({ name, now }) => `fs.inotify.${name} ${now ?? 'unknown'}`).join(', ')
    const low = entries.filter(({ now, least }) => now !== undefined && now < least)
    if (low.length === 0) return { state: 'ok', evidence }
    return {
      state: 'warning',
      cause: 'The kernel allows few file watches; with several nodes something fails with "too many open files".',
      evidence,
      fix: low.map(({ name, least }) => `sudo sysctl -w fs.inotify.${name}=${least}`).join('\n'),
    }
  },
}
