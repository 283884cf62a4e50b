import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { unwritable } from '../../../core/unwritable.ts'
import { whyUnread } from '../../../core/why-unread.ts'
import { refuseUnwritable } from '../../../scripts/written-paths.ts'
import { ownFolder } from '../../support/own-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await ownFolder()
  mkdirSync(join(folder, 'dir'))
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('circle', join(folder, 'circle'))
  symlinkSync('none', join(folder, 'dangling'))
})

it.for([
  ['dir', 'file', 'it is a folder'],
  ['file', 'folder', 'it is a file'],
  ['file/x', 'file', '/file is a file'],
  ['file/x/y', 'folder', '/file is a file'],
  ['circle', 'file', 'its links lead in a circle'],
  ['circle/x', 'folder', 'its links lead in a circle'],
  ['dangling/x', 'file', '/dangling is a link that leads nowhere'],
  ['dangling', 'folder', '/dangling is a link that leads nowhere'],
  ['dir', 'text', 'it is a folder'],
  ['x'.repeat(240), 'file', 'its name is too long'],
  [`dir/${'x'.repeat(300)}/y`, 'folder', 'its name is too long'],
] as const)('says of %s, wanted as a %s, that %s', ([path, wanted, why]) => {
  expect(unwritable(join(folder, path), wanted)?.why).toContain(why)
})

it('has nothing against what is there or can be made, devices among it', () => {
  for (const path of ['file', 'new', 'dir/new', 'new/new', 'dangling'])
    expect(unwritable(join(folder, path), 'file')).toBe(undefined)
  for (const path of ['dir', 'new', 'dir/new', 'new/new/new'])
    expect(unwritable(join(folder, path), 'folder')).toBe(undefined)
  expect(unwritable('/dev/null', 'file')).toBe(undefined)
  expect(unwritable('/dev/null', 'text')?.why).toBe('it is a pipe or a device')
})

it.for(['out', 'trace', 'report', 'dotenv', 'junit'])('is said of --%s before a command begins', (flag) => {
  expect(() => refuseUnwritable({ [flag]: 'file/x' }, { cwd: folder })).toThrow(`--${flag} file/x cannot be written: `)
})

it('tells what is there and no file to read: one would wait for a pipe without an end', () => {
  execFileSync('mkfifo', [join(folder, 'pipe')])
  expect(
    ['pipe', 'circle', 'file/x', 'dangling', 'x'.repeat(300)].map((name) => whyUnread(join(folder, name))),
  ).toEqual([
    'it is a pipe or a device',
    'its links lead in a circle',
    'its path leads through a file',
    'it is a link that leads nowhere',
    'its name is too long',
  ])
  for (const name of ['file', 'dir', 'none']) expect(whyUnread(join(folder, name))).toBe(undefined)
})
