import { chmod, link, lstat, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { replaceFile } from '../../../core/replace-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-replace-'))
})
afterEach(() => rm(folder, { recursive: true }))

const file = () => join(folder, 'hosts')
const content = () => readFile(file(), 'latin1')
const refuse = (code: string) => () => Promise.reject(Object.assign(new Error(`${code}: refused`), { code }))

test('a new file gets the mode, its folder is made, and nothing else is left', async () => {
  const path = join(folder, 'deep', 'er', 'config')
  await replaceFile(path, Buffer.from('x'), { mode: 0o600 })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['config'])
})

test('a file that was there keeps its mode and gets a new inode: the change is one rename', async () => {
  await writeFile(file(), 'old, and longer')
  await chmod(file(), 0o640)
  const before = await stat(file())
  await replaceFile(file(), Buffer.from('new'), { mode: 0o600 })
  const after = await stat(file())
  expect(await content()).toBe('new')
  expect(after.mode & 0o777).toBe(0o640)
  expect(after.ino).not.toBe(before.ino)
})

test.runIf(process.getuid?.() === 0)('a file of somebody else stays theirs', async () => {
  await writeFile(file(), 'old')
  const { chown } = await import('node:fs/promises')
  await chown(file(), 1234, 1235)
  await replaceFile(file(), Buffer.from('new'))
  expect(await stat(file())).toMatchObject({ uid: 1234, gid: 1235 })
})

test.for(['EBUSY', 'EPERM', 'EXDEV'])('where a rename answers %s the file is written in place', async (code) => {
  await writeFile(file(), 'old, and longer')
  const before = await stat(file())
  await replaceFile(file(), Buffer.from('new'), { rename: refuse(code) })
  expect(await content()).toBe('new')
  expect((await stat(file())).ino).toBe(before.ino)
  expect(await readdir(folder)).toEqual(['hosts'])
})

test('any other failure leaves the old bytes and no other file', async () => {
  await writeFile(file(), 'old')
  await expect(replaceFile(file(), Buffer.from('new'), { rename: refuse('ENOSPC') })).rejects.toThrow('ENOSPC')
  expect(await content()).toBe('old')
  expect(await readdir(folder)).toEqual(['hosts'])
})

test('links are followed and stay links, to a file that is not there yet too', async () => {
  await writeFile(file(), 'old')
  await symlink('hosts', join(folder, 'link'))
  await replaceFile(join(folder, 'link'), Buffer.from('new'))
  expect(await content()).toBe('new')
  expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true)
  await symlink('later', join(folder, 'ahead'))
  await replaceFile(join(folder, 'ahead'), Buffer.from('made'))
  expect(await readFile(join(folder, 'later'), 'utf8')).toBe('made')
})

test('a file of several names changes under all of them', async () => {
  await writeFile(file(), 'old')
  await link(file(), join(folder, 'other'))
  await replaceFile(file(), Buffer.from('new'))
  expect(await readFile(join(folder, 'other'), 'utf8')).toBe('new')
})
