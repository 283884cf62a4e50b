import { readFileSync, statSync } from 'node:fs'
import { expect, it } from 'vitest'
import { writeRendered } from '../../../scripts/write-rendered.ts'
import { tree } from '../../support/tree.ts'

it('keeps what may hold passwords for this user, also where a file that everybody could read was', async () => {
  using at = tree({ 'out/service/web/manifests.yaml': 'old' })
  const files = [
    { path: 'service/web/manifests.yaml', text: 'kind: Secret', isPrivate: true },
    { path: 'service/db/manifests.yaml', text: 'kind: Secret', isPrivate: true },
    { path: 'kind.yaml', text: 'kind: Cluster' },
  ]
  await writeRendered(`${at.folder}/out`, files)
  const modes = files.map(({ path }) => statSync(`${at.folder}/out/${path}`).mode & 0o077)
  expect(modes.slice(0, 2)).toEqual([0, 0])
  expect(modes[2]).not.toBe(0)
  expect(readFileSync(`${at.folder}/out/service/web/manifests.yaml`, 'utf8')).toBe('kind: Secret')
})

it('says which folder cannot be written', async () => {
  using at = tree({ out: 'a file' })
  await expect(writeRendered(`${at.folder}/out`, [{ path: 'kind.yaml', text: '' }])).rejects.toMatchObject({
    code: 'file-write',
    message: expect.stringContaining(`${at.folder}/out`),
  })
})
