import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { putNew } from '../../../core/put-new.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  await writeFile(join(folder, 'draft'), 'text')
})
afterEach(() => rm(folder, { recursive: true }))

const refusing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))

test.for([undefined, refusing('EPERM'), refusing('EOPNOTSUPP'), refusing('ENOSYS')])(
  'a file gets a name that is free, and none that is taken (%#)',
  async (linked) => {
    const [draft, file] = [join(folder, 'draft'), join(folder, 'file')]
    await putNew(draft, file, linked)
    expect(await readFile(file, 'utf8')).toBe('text')
    await writeFile(file, 'of somebody else')
    await expect(putNew(draft, file, linked)).rejects.toMatchObject({ code: 'EEXIST' })
    expect(await readFile(file, 'utf8')).toBe('of somebody else')
  },
)
