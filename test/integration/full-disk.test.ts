import { spawnSync } from 'node:child_process'
import { appendFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile } from '../../core/replace-file.ts'
import { hostsBefore, kubeconfigBefore, shop, type Shop } from './shop.ts'

/** Mounts a disk of its own there, of 96 KB; false where this user may not. */
const mounted = (folder: string): boolean => {
  mkdirSync(folder, { recursive: true })
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=96k', 'kindup-test', folder]).status === 0
}
const unmount = (folder: string): void => void spawnSync('umount', [folder])

const mayMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'kindup-'))
  const may = mounted(folder)
  if (may) unmount(folder)
  rmSync(folder, { recursive: true })
  return may
})()
if (!mayMount) console.warn('SKIPPED: the tests of a full disk: this user may not mount one.')

let at: Shop
const small = (...parts: readonly string[]): string => at.path('small', ...parts)

const fill = (): void => {
  for (const bytes of [4096, 1])
    try {
      for (;;) appendFileSync(small('filler'), Buffer.alloc(bytes, 'x'))
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' })
    }
}
const files = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(small(), { recursive: true, encoding: 'utf8' })
      .filter((name) => name !== 'filler' && statSync(small(name)).isFile())
      .map((name) => [name, readFileSync(small(name), 'latin1')]),
  )

describe.skipIf(!mayMount)('a disk that is full', () => {
  beforeEach(async () => {
    at = await shop()
    mounted(small())
    await at.write('small/kubeconfig', kubeconfigBefore)
    await at.write('small/hosts', hostsBefore)
    await at.write('small/values.yaml', 'a: { b: 1 }\n')
    await at.write('small/repo/Dockerfile', 'FROM scratch\n')
  })
  afterEach(async () => {
    unmount(small())
    await at[Symbol.asyncDispose]()
  })

  it.for([
    { of: 'the kubeconfig', file: 'kubeconfig', words: ['up'], env: 'KUBECONFIG' },
    { of: 'the hosts file', file: 'hosts', words: ['up', '--set', 'hosts.file=small/hosts'] },
    { of: 'the cache', file: 'cache', words: ['up'], env: 'KINDUP_CACHE' },
    { of: 'what is rendered', file: 'out', words: ['render', '--out', 'small/out'] },
    { of: 'a diagnosis', file: 'seen', words: ['diagnose', '--out', 'small/seen'] },
    { of: 'a new kindup.yaml', file: 'repo/kindup.yaml', words: ['init', '--yes', '--dir', 'small/repo'] },
    { of: 'tags of images', file: 'values.yaml', words: ['image', 'set', '-f', 'small/values.yaml', 'a.b=2'] },
  ])('is said of $of with what is free, and nothing is half written', async ({ file, words, env }) => {
    const own = env === undefined ? {} : { [env]: small(file) }
    const before = files()
    fill()
    const { code, stderr } = await at.kindup(words, own)
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`${file}\\S* .*no (space|room) left .*\\(.*0 bytes free\\)`))
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m)
    const left = Object.entries(files()).filter(([, text]) => text !== '')
    expect(Object.fromEntries(left)).toEqual(before)
    rmSync(small('filler'))
    expect((await at.kindup(words, own)).code).toBe(0)
  })

  it('keeps the old bytes of a file that is written in place, where they can grow a little and not as far as it wants', async () => {
    linkSync(small('hosts'), small('linked'))
    fill()
    await expect(replaceFile(small('hosts'), Buffer.alloc(8192, 'y'))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(files()).toMatchObject({ hosts: hostsBefore, linked: hostsBefore })
    expect(readdirSync(small()).filter((name) => name.includes('backup'))).toEqual([])
  })
})
