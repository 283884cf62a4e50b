import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRun } from '../../../../core/run.ts'
import { buildKustomization } from '../../../../manifests/kustomize/build.ts'
import { kustomizationFiles } from '../../../../manifests/kustomize/files.ts'
import { applyPatches } from '../../../../manifests/kustomize/patch.ts'
import { fixtures, kubectl, temporary, toolsWith } from '../helm/helms.ts'

const deps = { run: makeRun(), tools: toolsWith({}) }
const overlay = join(fixtures, 'overlay', 'dev')
const base = join(fixtures, 'overlay', 'base', 'objects.yaml')

const overlayOf = async (folder: string, files: Readonly<Record<string, string>>): Promise<string> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

describe('kustomizationFiles', () => {
  it('names every file an overlay is made of: bases and what generators read', () => {
    expect(kustomizationFiles(overlay).map((file) => file.slice(fixtures.length))).toEqual([
      '/overlay/base/kustomization.yaml',
      '/overlay/base/objects.yaml',
      '/overlay/dev/kustomization.yaml',
      '/overlay/dev/words.txt',
    ])
  })
})

describe.skipIf(kubectl === undefined)('buildKustomization', () => {
  it('tells of each object which file and line it comes from, renamed as it is', async () => {
    const { documents, problems } = await buildKustomization(overlay, deps)
    expect(problems).toEqual([])
    const found = Object.fromEntries(
      documents.map(({ object, at }) => [object.metadata.name.replace(/-[a-z0-9]{10}$/, ''), at]),
    )
    expect(found).toEqual({
      'dev-settings': { file: base, line: 1 },
      'dev-web': { file: base, line: 8 },
      'dev-made': expect.objectContaining({ file: expect.stringMatching(/kustomization\.yaml|objects\.yaml/) }),
    })
  })

  it('names file and line of a key that stands twice, which kustomize itself refuses', async () => {
    await using made = await temporary()
    const folder = await overlayOf(made.folder, {
      'kustomization.yaml': 'resources: [a.yaml]\n',
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n  x: "2"\n',
    })
    const { documents, problems } = await buildKustomization(folder, deps)
    expect(documents).toEqual([])
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'error', at: { file: join(folder, 'a.yaml'), line: 7, column: 3 } }),
    ])
  })

  it('reads files outside its folder where the file says so, and otherwise says how to', async () => {
    await using made = await temporary()
    const folder = await overlayOf(made.folder, {
      'shared/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
      'k8s/kustomization.yaml': 'resources: [../shared/a.yaml]\n',
    })
    const refused = await buildKustomization(join(folder, 'k8s'), deps)
    expect(refused.problems).toEqual([
      expect.objectContaining({ severity: 'error', hint: expect.stringContaining('loadRestrictor: none') }),
    ])
    const { documents, problems } = await buildKustomization(join(folder, 'k8s'), deps, { loadRestrictor: 'none' })
    expect(problems).toEqual([])
    expect(documents.map(({ object }) => object.metadata.name)).toEqual(['a'])
  })

  it('says how charts are rendered, and knows the files of those that lie beside it', async () => {
    await using made = await temporary()
    const folder = await overlayOf(made.folder, {
      'kustomization.yaml': 'helmCharts: [{ name: app, releaseName: app }]\n',
      'charts/app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
    })
    const { problems } = await buildKustomization(folder, deps)
    expect(problems).toEqual([
      {
        severity: 'error',
        message: `${folder} renders charts (helmCharts), which kustomize does only where it is allowed to.`,
        hint: 'Allow it: kustomize: { path: DIR, helm: true }',
        at: { file: join(folder, 'kustomization.yaml'), line: 1, column: 1 },
      },
    ])
    const ofApplication = await buildKustomization(folder, deps, { allowedBy: 'argocd' })
    expect(ofApplication.problems).toEqual([
      expect.objectContaining({
        hint: String.raw`Argo CD allows it for all Applications at once: addons: { argocd: { set: { 'configs.cm.kustomize\.buildOptions': --enable-helm } } }`,
      }),
    ])
    expect(kustomizationFiles(folder)).toContain(join(folder, 'charts/app/Chart.yaml'))
  })

  it('names what a kustomization asks for and is not there, and a folder that is none', async () => {
    await using made = await temporary()
    const folder = await overlayOf(made.folder, { 'kustomization.yaml': 'resources: [gone.yaml]\n', 'empty/x.txt': '' })
    const missing = await buildKustomization(folder, deps)
    expect(missing.problems).toEqual([
      expect.objectContaining({
        severity: 'error',
        message: expect.stringContaining('gone.yaml'),
        at: { file: join(folder, 'kustomization.yaml'), line: 1, column: 13 },
      }),
    ])
    const none = await buildKustomization(join(folder, 'empty'), deps)
    expect(none.problems[0]?.message).toContain('no kustomization.yaml')
  })
})

describe.skipIf(kubectl === undefined)('applyPatches', () => {
  let cacheFolder: string
  beforeAll(async () => {
    cacheFolder = await mkdtemp(join(tmpdir(), 'kindup-test-'))
  })
  afterAll(() => rm(cacheFolder, { recursive: true, force: true }))
  const objects = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 'a', image: 'x', env: [{ name: 'K', value: 'yes' }] }] } } },
    },
  ]

  it('merges lists by their keys and keeps words as words', async () => {
    const patch =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: a, image: y }] } } }'
    const [after] = await applyPatches(objects, [{ patch }], { ...deps, cacheFolder })
    expect(after?.['spec']).toEqual({
      template: { spec: { containers: [{ name: 'a', image: 'y', env: [{ name: 'K', value: 'yes' }] }] } },
    })
  })

  it('takes JSON patches with a target', async () => {
    const [after] = await applyPatches(
      objects,
      [{ patch: '[{ op: add, path: /metadata/labels, value: { a: "1" } }]', target: { kind: 'Deployment' } }],
      { ...deps, cacheFolder },
    )
    expect(after?.metadata.labels).toEqual({ a: '1' })
  })

  it('says which patch fits nothing, and names no temporary folder', async () => {
    const patch = 'apiVersion: v1\nkind: Service\nmetadata: { name: other }'
    const failure = applyPatches(objects, [{ patch }], { ...deps, cacheFolder })
    await expect(failure).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('other') })
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining(cacheFolder) })
  })
})
