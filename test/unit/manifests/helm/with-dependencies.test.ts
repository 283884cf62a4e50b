import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRun } from '../../../../core/run.ts'
import { collectSources } from '../../../../manifests/sources.ts'
import { withDependencies } from '../../../../manifests/helm/with-dependencies.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { madeDeployable } from '../made-deployable.ts'
import { helms, temporary, toolsWith } from './helms.ts'

const meta = (name: string, dependencies: readonly string[] = [], version = '1.2.0') =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n${dependencies.length > 0 ? `dependencies:\n${dependencies.map((one) => `  - ${one}\n`).join('')}` : ''}`
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
const files = {
  'app/Chart.yaml': meta('app', [
    '{ name: common, version: ^1.0.0, repository: "file://../lib" }',
    '{ name: held, version: 1.x.x, repository: "file://../nowhere" }',
  ]),
  'app/templates/app.yaml': map('app'),
  'app/charts/held/Chart.yaml': meta('held'),
  'lib/Chart.yaml': meta('common', ['{ name: deep, version: "*", repository: "file://../deep" }']),
  'lib/templates/common.yaml': `# ours\n${map('common')}`,
  'deep/Chart.yaml': meta('deep'),
  'deep/templates/deep.yaml': map('deep'),
}

const written = async (folder: string, more: Readonly<Record<string, string>> = {}): Promise<void> => {
  for (const [name, text] of Object.entries({ ...files, ...more })) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

describe('charts that a chart names by file:// and does not hold', () => {
  it('are put in charts/ of a folder of links, and the chart stays as it is', async () => {
    await using at = await temporary()
    await written(at.folder)
    const app = join(at.folder, 'app')
    const found = withDependencies({ path: app, kind: 'folder' }, { cacheFolder: join(at.folder, 'cache') })
    expect(found).toMatchObject({ from: app, beside: [join(at.folder, 'lib'), join(at.folder, 'deep')] })
    expect((await readdir(join(found.path, 'charts'))).toSorted()).toEqual(['common', 'held'])
    expect(await readdir(join(found.path, 'charts', 'common', 'charts'))).toEqual(['deep'])
    expect(await readdir(join(app, 'charts'))).toEqual(['held'])
    expect(withDependencies({ path: app, kind: 'folder' }, { cacheFolder: join(at.folder, 'cache') })).toEqual(found)
  })

  it('are left alone where nothing lacks, the version does not fit, or they go round in circles', async () => {
    await using at = await temporary()
    const app = { path: join(at.folder, 'app'), kind: 'folder' } as const
    await written(at.folder, { 'lib/Chart.yaml': meta('common', [], '2.0.0') })
    expect(withDependencies(app, { cacheFolder: at.folder })).toEqual(app)
    await written(at.folder, {
      'lib/Chart.yaml': meta('common', ['{ name: app, version: "*", repository: "file://../app" }']),
    })
    expect(withDependencies(app, { cacheFolder: at.folder }).beside).toEqual([join(at.folder, 'lib'), app.path])
  })

  const helm = helms.findLast(({ path }) => path !== '')
  it.skipIf(!helm)('are rendered with the places of their own files, and are among the inputs', async () => {
    await using at = await temporary()
    await written(at.folder)
    const collect = async () => {
      const chart = { chart: join(at.folder, 'app') }
      const web = madeDeployable('service/web', { source: { kind: 'helm', chart, release: 'web', values: [] } })
      const sources = await collectSources([web], {
        config: madeConfig(),
        images: [],
        run: makeRun({ log: () => {} }),
        tools: toolsWith({ helm: helm ?? { major: 4, path: '' } }),
        env: { KINDUP_CACHE: join(at.folder, 'cache') },
      })
      return sources.get('service/web')
    }
    const before = await collect()
    expect(before?.problems).toEqual([])
    const places = new Map(before?.objects?.map(({ object, at: place }) => [object.metadata.name, place]))
    expect(places.get('common')).toEqual({ file: join(at.folder, 'lib/templates/common.yaml'), line: 2 })
    expect([...places.keys()].toSorted()).toEqual(['app', 'common', 'deep'])
    await written(at.folder, { 'deep/templates/deep.yaml': map('deeper') })
    const after = await collect()
    expect(after?.objects?.map(({ object }) => object.metadata.name)).toContain('deeper')
    expect(after?.fingerprint['chart']).not.toBe(before?.fingerprint['chart'])
  })
})
