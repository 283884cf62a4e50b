import { link, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { replaceFiles } from '../../../core/replace-files.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-replace-'))
})
afterEach(() => rm(folder, { recursive: true }))

const given = async (...names: readonly string[]) => {
  for (const name of names) await writeFile(join(folder, name), 'old')
  return names.map((name) => ({ file: join(folder, name), before: 'old', after: 'new' }))
}
const contents = async () =>
  Promise.all((await readdir(folder)).toSorted().map((name) => readFile(join(folder, name), 'utf8')))
const full = () => Promise.reject(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }))

it('replaces all of them', async () => {
  await replaceFiles(await given('a', 'b'))
  expect(await contents()).toEqual(['new', 'new'])
})

it('touches none where the bytes of a later one find no place', async () => {
  // No name is left for a file beside it.
  const files = await given('a', 'b'.repeat(250))
  const { ino } = await stat(join(folder, 'a'))
  await expect(replaceFiles(files)).rejects.toMatchObject({ file: files[1]?.file, left: [] })
  expect(await contents()).toEqual(['old', 'old'])
  expect((await stat(join(folder, 'a'))).ino).toBe(ino)
})

it('writes those in place first that no other file can replace: only they need room on the disk by then', async () => {
  const files = await given('a', 'b', 'c')
  await link(join(folder, 'b'), join(folder, 'd'))
  const seen: string[][] = []
  const look = async (from: string, to: string) => {
    seen.push(await Promise.all(files.map(({ file }) => readFile(file, 'utf8'))))
    await rename(from, to)
  }
  await replaceFiles(files, { rename: look })
  expect(seen).toEqual([
    ['old', 'new', 'old'],
    ['new', 'new', 'old'],
  ])
  expect(await contents()).toEqual(['new', 'new', 'new', 'new'])
  const later = files.map(({ file }) => ({ file, before: 'new', after: 'newer' }))
  await expect(replaceFiles(later, { rename: full })).rejects.toMatchObject({ file: files[0]?.file, left: [] })
  expect(await contents()).toEqual(['new', 'new', 'new', 'new'])
})

it('puts back what was replaced where a later one is refused', async () => {
  const files = await given('a', 'b', 'c')
  const refuse = (from: string, to: string) => (to.endsWith('b') ? full() : rename(from, to))
  await expect(replaceFiles(files, { rename: refuse })).rejects.toMatchObject({ file: files[1]?.file, left: [] })
  expect(await contents()).toEqual(['old', 'old', 'old'])
})

it('says what could not be put back', async () => {
  const files = await given('a', 'b')
  let renames = 0
  const refuse = (from: string, to: string) => ((renames += 1) > 1 ? full() : rename(from, to))
  await expect(replaceFiles(files, { rename: refuse })).rejects.toMatchObject({
    file: files[1]?.file,
    left: [files[0]?.file],
  })
  expect(await contents()).toEqual(['new', 'old'])
})
