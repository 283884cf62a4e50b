import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { demandTarget } from '../../../../cluster/layout/demand-target.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-target-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('makes the folders of a file as everybody else’s are', async () => {
  await demandTarget(join(folder, 'a', 'b', 'file'))
  expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o777 & ~process.umask())
})

it('refuses a folder, and a file in the place of a folder', async () => {
  await expect(demandTarget(folder)).rejects.toMatchObject({ code: 'file-not-written', exitCode: 2 })
  await writeFile(join(folder, 'file'), '')
  await expect(demandTarget(join(folder, 'file', 'x'))).rejects.toThrow(`${join(folder, 'file')} is a file.`)
  await expect(demandTarget(join(folder, 'file', 'x', 'y'))).rejects.toMatchObject({
    code: 'file-not-written',
    exitCode: 2,
  })
})
