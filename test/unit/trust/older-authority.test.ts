import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Run } from '../../../core/run.ts'
import { takeAuthority } from '../../../trust/find-authority.ts'
import { takeOutOlder } from '../../../trust/older-authority.ts'
import { windowsStore } from '../../../trust/stores/windows.ts'
import { readTrusted, writeTrusted } from '../../../trust/trusted.ts'
import { tree } from '../../support/tree.ts'

const authorityIn = (folder: string, name: string) =>
  takeAuthority({ KINDUP_STATE: join(folder, name), XDG_DATA_HOME: folder }, () => undefined)

it('is taken out by its own certificate, where it was put in, and the same one stays', async () => {
  using home = tree({})
  const [older, newer] = [await authorityIn(home.folder, 'older'), await authorityIn(home.folder, 'newer')]
  const folder = join(home.folder, 'record')
  await writeTrusted(folder, String(older.certificate), ['windows'])
  const before = await readTrusted(folder)
  const calls: string[] = []
  const run: Run = (program, args) => {
    calls.push([program, ...args].join(' '))
    return Promise.resolve({ stdout: '', stderr: '', code: 0 })
  }
  const storesFor = async (file: string) => [windowsStore({ run, env: {}, file, folder }, false)]
  await takeOutOlder(before, older.certificate, storesFor)
  expect(calls).toEqual([])
  await takeOutOlder(before, newer.certificate, storesFor)
  const thumbprint = older.certificate.fingerprint.replaceAll(':', '').toLowerCase()
  expect(calls.at(-1)).toBe(`certutil.exe -user -delstore Root ${thumbprint}`)
  await takeOutOlder(before && { ...before, stores: ['system'] }, newer.certificate, storesFor)
  expect(calls).toHaveLength(2)
})
