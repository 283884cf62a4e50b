import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { askedApis } from '../../../../manifests/source/asked-apis.ts'
import { followedFiles, hashFiles } from '../../../../manifests/helm/chart-files.ts'

it('follows links of a chart as helm does, so that a change behind one is a change of the chart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-links-'))
  try {
    const chart = join(folder, 'chart')
    await mkdir(join(chart, 'charts'), { recursive: true })
    await mkdir(join(folder, 'common'))
    await writeFile(join(folder, 'common', 'x.tpl'), 'one')
    await symlink('../../common', join(chart, 'charts', 'common'))
    await symlink('nowhere', join(chart, 'lost'))
    await symlink('..', join(chart, 'charts', 'round'))
    expect(await followedFiles(chart)).toEqual([join(chart, 'charts', 'common', 'x.tpl'), join(chart, 'lost')])
    expect(await askedApis({ path: chart, kind: 'folder' })).toBeUndefined()
    const before = await hashFiles([chart])
    await writeFile(join(folder, 'common', 'x.tpl'), '{{ .Capabilities.APIVersions }}')
    expect(await hashFiles([chart])).not.toBe(before)
    expect(await askedApis({ path: chart, kind: 'folder' })).toEqual({ any: true, names: new Set() })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
