import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { App } from '../../../../app/app.ts'
import { demandTarget } from '../../../../cluster/layout/demand-target.ts'
import { save, type SaveFlags } from '../../../../scripts/snapshot.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-target-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

it('makes the folders of a file as everybody else’s are', async () => {
  await demandTarget(join(folder, 'a', 'b', 'file'), 'shop.kindup')
  expect((await stat(join(folder, 'a', 'b'))).mode & 0o777).toBe(0o777 & ~process.umask())
})

it('refuses a folder, and a file in the place of a folder', async () => {
  await expect(demandTarget(folder, 'shop.kindup')).rejects.toMatchObject({
    code: 'file-not-written',
    exitCode: 2,
    hints: [`Name a file in it: ${folder}/shop.kindup`],
  })
  await writeFile(join(folder, 'file'), '')
  await expect(demandTarget(join(folder, 'file', 'x'), 'shop.kindup')).rejects.toThrow(
    `${join(folder, 'file', 'x')} cannot be written: ${join(folder, 'file')} is a file.`,
  )
  await expect(demandTarget(join(folder, 'file', 'x', 'y'), 'shop.kindup')).rejects.toMatchObject({
    code: 'file-not-written',
    exitCode: 2,
    message: `${join(folder, 'file', 'x', 'y')} cannot be written: it lies in something that is no folder.`,
  })
})

it('is asked for by `snapshot save --file` before the cluster is', async () => {
  const app = { cwd: folder, terminal: () => ({}) } as unknown as App
  await expect(save(app, undefined, { file: '.' } as SaveFlags)).rejects.toMatchObject({
    code: 'file-not-written',
    hints: [`Name a file in it: ${folder}/seeded.kindup`],
  })
})

it('refuses what is the kernel’s and what leads in a circle, before anything is made', async () => {
  await expect(demandTarget('/proc/1/x/file', 'shop.kindup')).rejects.toMatchObject({
    code: 'file-not-written',
    message: expect.stringContaining("leads into /proc, which is the kernel's") as unknown,
    hints: ['Name a file on a disk: ./shop.kindup'],
  })
  const loop = join(folder, 'loop')
  await symlink(loop, loop)
  await expect(demandTarget(loop, 'shop.kindup')).rejects.toMatchObject({ code: 'file-not-written' })
  await expect(demandTarget(join(loop, 'x'), 'shop.kindup')).rejects.toMatchObject({ code: 'file-not-written' })
})
