import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readManifests } from '../../../../manifests/plain/manifests.ts'
import { fixtures, temporary } from '../helm/helms.ts'

describe('readManifests', () => {
  it('reads files and folders, sorted and all the way down, and nothing that is no manifest', async () => {
    const { documents, problems } = await readManifests([
      join(fixtures, 'plain'),
      join(fixtures, 'overlay', 'base', 'objects.yaml'),
    ])
    expect(problems).toEqual([])
    expect(documents.map(({ object, at }) => [object.metadata.name, at.file.slice(fixtures.length), at.line])).toEqual([
      ['two', '/plain/a.json', 1],
      ['one', '/plain/b.yaml', 1],
      ['three', '/plain/more/c.yml', 1],
      ['settings', '/overlay/base/objects.yaml', 1],
      ['web', '/overlay/base/objects.yaml', 8],
    ])
  })

  it('says that a kustomization is none, and that a folder holds nothing', async () => {
    await using made = await temporary()
    await mkdir(join(made.folder, 'empty'))
    await writeFile(join(made.folder, 'kustomization.yaml'), 'resources: []\n')
    const { problems } = await readManifests([made.folder])
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'warning', at: { file: join(made.folder, 'kustomization.yaml') } }),
    ])
    const empty = await readManifests([join(made.folder, 'empty')])
    expect(empty.problems).toEqual([expect.objectContaining({ severity: 'error' })])
  })
})
