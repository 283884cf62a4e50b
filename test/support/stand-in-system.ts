import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { System } from '../../cluster/checks/check.ts'

const files = {
  'etc/os-release': 'ID=debian\nID_LIKE=debian\n',
  'proc/sys/fs/inotify/max_user_watches': '1048576\n',
  'proc/sys/fs/inotify/max_user_instances': '1024\n',
}

/** A Linux machine that nothing is wrong with, whatever this one is: no name server answers, and the disk is empty. */
export const standInSystem = async (folder: string): Promise<System> => {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(join(folder, file, '..'), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  return {
    platform: 'linux',
    proc: join(folder, 'proc'),
    etc: join(folder, 'etc'),
    interfaces: () => ({}),
    // Nobody listens there, so that the answer comes at once.
    nameServers: ['127.0.0.1:9'],
    freeBytes: async () => 100 * 2 ** 30,
  }
}
