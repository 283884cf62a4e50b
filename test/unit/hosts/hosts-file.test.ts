import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { platformHostsFile } from '../../../core/paths.ts'
import { sayMissing } from '../../support/real-tools.ts'
import { applyHosts, mayWrite, removeHosts, showHosts } from '../../../hosts/hosts-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-hosts-'))
})
afterEach(() => rm(folder, { recursive: true }))
const file = () => join(folder, 'hosts')

test('apply, show and remove work on the file alone and tell whether they changed it', async () => {
  await writeFile(file(), '127.0.0.1 localhost')
  expect(await applyHosts(file(), 'x', ['a.local', 'b.local'])).toBe(true)
  expect(await applyHosts(file(), 'x', ['a.local', 'b.local'])).toBe(false)
  expect(await showHosts(file(), 'x')).toEqual(['a.local', 'b.local'])
  expect(await removeHosts(file(), 'x')).toBe(true)
  expect(await removeHosts(file(), 'x')).toBe(false)
  expect(await readFile(file(), 'utf8')).toBe('127.0.0.1 localhost')
  expect(await readdir(folder)).toEqual(['hosts'])
})

test('a file that was made for the block is gone after it; one that was empty is not', async () => {
  await applyHosts(file(), 'x', ['a.local'])
  await removeHosts(file(), 'x')
  expect(existsSync(file())).toBe(false)
  expect(await removeHosts(file(), 'x')).toBe(false)
  await writeFile(file(), '')
  await applyHosts(file(), 'x', ['a.local'])
  await removeHosts(file(), 'x')
  expect(await readFile(file(), 'utf8')).toBe('')
})

test('runs that write at the same moment lose no block', async () => {
  await writeFile(file(), '127.0.0.1 localhost\n')
  const names = Array.from({ length: 20 }, (_, index) => `c${index}`)
  await Promise.all(names.map((name) => applyHosts(file(), name, [`${name}.local`])))
  for (const name of names) expect(await showHosts(file(), name)).toEqual([`${name}.local`])
  await Promise.all(names.map((name) => removeHosts(file(), name)))
  expect(await readFile(file(), 'utf8')).toBe('127.0.0.1 localhost\n')
  expect(await readdir(folder)).toEqual(['hosts'])
})

test('processes that write at the same moment lose no block either', async () => {
  const writer = join(folder, 'writer.mjs')
  const source = new URL('../../../hosts/hosts-file.ts', import.meta.url).href
  await writeFile(
    writer,
    `import { applyHosts } from ${JSON.stringify(source)}
     const [, , name, file] = process.argv
     await Promise.all([1, 2, 3].map((i) => applyHosts(file, name + i, [name + i + '.local'])))`,
  )
  const codes = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => (await once(fork(writer, [name, file()]), 'exit'))[0] as number),
  )
  expect(codes).toEqual([0, 0, 0])
  for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'b3', 'c1', 'c2', 'c3'])
    expect(await showHosts(file(), name)).toEqual([`${name}.local`])
})

test('a folder in place of the file is an error that names it', async () => {
  await mkdir(file())
  await expect(showHosts(file(), 'x')).rejects.toMatchObject({
    code: 'hosts-file',
    message: expect.stringContaining(file()) as string,
  })
})

test('whether it may be written is asked of the file, or of the folder where there is none', async () => {
  expect(await mayWrite(file())).toBe(true)
  expect(await mayWrite(join(folder, 'missing', 'hosts'))).toBe(false)
})

// Root may write everything: this one needs an ordinary user.
if (process.getuid?.() === 0)
  sayMissing('ordinary-user', 'root may write every file; that one may not be written is not tried.')
test.skipIf(process.getuid?.() === 0)(
  'a file without permission is not written, in a closed folder it is',
  async () => {
    await writeFile(file(), 'x\n')
    await chmod(file(), 0o444)
    expect(await mayWrite(file())).toBe(false)
    await chmod(file(), 0o644)
    await chmod(folder, 0o555)
    try {
      expect(await mayWrite(file())).toBe(true)
      expect(await applyHosts(file(), 'x', ['a.local'])).toBe(true)
      expect(await removeHosts(file(), 'x')).toBe(true)
      expect(await readFile(file(), 'utf8')).toBe('x\n')
    } finally {
      await chmod(folder, 0o755)
    }
  },
)

test("every platform's file", () => {
  expect(platformHostsFile('linux')).toBe('/etc/hosts')
  expect(platformHostsFile('darwin')).toBe('/etc/hosts')
  expect(platformHostsFile('win32', { SystemRoot: 'C:\\Windows' })).toContain('etc')
})
