import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { watchesAreFew } from '../../../../cluster/checks/inotify.ts'
import { dependencies } from './surroundings.ts'

const fewWith = async (watches: string, instances: string, platform = 'linux'): Promise<boolean> => {
  const proc = await mkdtemp(join(tmpdir(), 'kindup-proc-'))
  try {
    await mkdir(join(proc, 'sys', 'fs', 'inotify'), { recursive: true })
    await writeFile(join(proc, 'sys', 'fs', 'inotify', 'max_user_watches'), watches)
    await writeFile(join(proc, 'sys', 'fs', 'inotify', 'max_user_instances'), instances)
    return await watchesAreFew(dependencies({ proc, platform }))
  } finally {
    await rm(proc, { recursive: true })
  }
}

it.each([
  ['as Ubuntu has them', '65536\n', '128\n', true],
  ['as kind wants them', '524288\n', '512\n', false],
  ['with one of them low', '1048576\n', '128\n', true],
])('file watches %s', async (_what, watches, instances, few) => {
  expect(await fewWith(watches, instances)).toBe(few)
})

it('are not looked at where there is no /proc, or where it tells nothing', async () => {
  expect(await fewWith('65536\n', '128\n', 'darwin')).toBe(false)
  expect(await watchesAreFew(dependencies({ proc: '/nowhere' }))).toBe(false)
})
