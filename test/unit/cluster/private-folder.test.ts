import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { clearPrivateFolders, openPrivateFolder, withPrivateFolder } from '../../../cluster/private-folder.ts'

let cache: string
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'kindup-test-'))
})
afterEach(() => rm(cache, { recursive: true, force: true }))

const source = new URL('../../../cluster/private-folder.ts', import.meta.url).href
/** Another process with a folder of its own, until `kill`. */
const another = async () => {
  const script = `const { openPrivateFolder } = await import(${JSON.stringify(source)})
process.stdout.write(await openPrivateFolder(${JSON.stringify(cache)}))
setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = (await once(child.stdout, 'data')) as [Buffer]
  const folder = String(said)
  await writeFile(join(folder, '0.yaml'), 'password: hunter2\n')
  return {
    folder,
    kill: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

describe('a private folder', () => {
  it('is for nobody else, and is gone afterwards, after a failure too', async () => {
    const seen: string[] = []
    await withPrivateFolder(cache, async (folder) => {
      seen.push(folder)
      expect((await stat(folder)).mode & 0o777).toBe(0o700)
    })
    const failing = withPrivateFolder(cache, (folder) => {
      seen.push(folder)
      return Promise.reject(new Error('no'))
    })
    await expect(failing).rejects.toThrow('no')
    expect(seen.map((folder) => [folder.startsWith(cache), existsSync(folder)])).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('of a process that was killed goes when the next is made; those of processes that live stay', async () => {
    const mine = await openPrivateFolder(cache)
    const [killed, alive] = [await another(), await another()]
    try {
      await killed.kill()
      expect(existsSync(killed.folder)).toBe(true)
      await withPrivateFolder(cache, () => Promise.resolve())
      expect([killed, { folder: mine }, alive].map(({ folder }) => existsSync(folder))).toEqual([false, true, true])
    } finally {
      await alive.kill()
    }
    await clearPrivateFolders(cache)
    expect(await readdir(join(cache, 'private'))).toEqual([mine.slice(mine.lastIndexOf('/') + 1)])
  })

  it('of a process that cannot be asked about goes after a day', async () => {
    const [recent, old] = ['0000000000000000-1-5-recent', '0000000000000000-1-5-old'].map((name) =>
      join(cache, 'private', name),
    ) as [string, string]
    for (const folder of [recent, old]) await mkdir(folder, { recursive: true })
    const before = Date.now() / 1000 - 25 * 60 * 60
    await utimes(old, before, before)
    await clearPrivateFolders(cache)
    expect([recent, old].map((folder) => existsSync(folder))).toEqual([true, false])
  })
})
