import { cp, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ResolvedImage } from '../../../cluster/images/images.ts'
import type { Config } from '../../../config/config.ts'
import { commandError } from '../../../core/command-error.ts'
import { EnvironmentError } from '../../../core/errors.ts'
import { makeFiles, makeOfFiles } from '../../../core/files.ts'
import { makeRun } from '../../../core/run.ts'
import type { Deployable } from '../../../manifests/deployable.ts'
import { renderOut } from '../../../manifests/render-out.ts'
import { collectSources } from '../../../manifests/sources.ts'
import { inFile, parseObjects } from '../../../manifests/yaml/parse.ts'
import { madeConfig, madeNode } from '../../support/made-config.ts'
import { fixtures, helms, temporary, toolsWith } from './helm/helms.ts'
import { madeDeployable } from './made-deployable.ts'

const helm = helms.findLast(({ path }) => path !== '') ?? { major: 4, path: '' }
const image: ResolvedImage = {
  key: 'web',
  name: 'team/web',
  ref: 'localhost/web:2',
  repository: 'localhost/web',
  tag: '2',
  inputs: 'f00d',
  at: { file: 'f' },
}
const ingress = `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec: { rules: [{ host: web.local }, { http: null }, { host: "*.any.local" }] }
`
const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: c, image: "team/web:old" }] }\n'
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.io }
spec:
  group: example.io
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`
const thing = 'apiVersion: example.io/v1\nkind: Thing\nmetadata: { name: mine }\n'

type Asked = {
  readonly config?: Config
  readonly images?: readonly ResolvedImage[]
  readonly helm?: false
}

const collector = (cacheFolder: string) => {
  const commands: string[] = []
  const run = makeRun({ log: (line) => void commands.push(line) })
  const collect = (
    deployables: readonly Deployable[],
    { config = madeConfig(), images = [], helm: wanted }: Asked = {},
  ) => {
    const tools = toolsWith({ helm })
    const none = () => Promise.reject(new EnvironmentError('tool-missing', 'There is no helm.'))
    return collectSources(deployables, {
      config,
      images,
      run,
      tools: wanted === false ? { ...tools, helm: none } : tools,
      env: { KINDUP_CACHE: cacheFolder },
    })
  }
  return { commands, collect }
}

const plainFile = async (folder: string, name: string, text: string, id = 'service/web'): Promise<Deployable> => {
  await writeFile(join(folder, name), text)
  return madeDeployable(id, { source: { kind: 'manifests', paths: [join(folder, name)] } })
}

const chartOf = (path: string, parts: Partial<Deployable> = {}): Deployable =>
  madeDeployable('service/web', {
    source: { kind: 'helm', chart: { chart: path }, release: 'web', values: [] },
    ...parts,
  })

describe('collectSources', () => {
  it('takes objects through the transform pipeline and tells hosts, images and needs from them', async () => {
    await using made = await temporary()
    const { collect } = collector(made.folder)
    const web = await plainFile(made.folder, 'web.yaml', `${ingress}---\n${pod}`)
    const nginx = madeDeployable('addon/ingress-nginx', { provides: ['networking.k8s.io/Ingress'] })
    const placed = { ...web, placement: { tier: 'x' }, hosts: ['declared.local'] }
    const config = madeConfig({
      nodes: [
        madeNode('control-plane'),
        madeNode('worker', { labels: { tier: 'x' }, taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] }),
      ],
    })
    const source = (await collect([placed, nginx], { config, images: [image] })).get('service/web')
    expect(source).toMatchObject({
      hosts: ['web.local', 'declared.local'],
      images: ['localhost/web:2'],
      needs: ['addon/ingress-nginx', 'image/web'].toSorted().toReversed(),
      problems: [],
    })
    const live = source?.objects?.find(({ object }) => object.kind === 'Pod')
    expect(live?.object).toMatchObject({
      metadata: { namespace: 'dev', labels: { 'kindup.dev/step': 'service.web' } },
      spec: {
        nodeSelector: { tier: 'x' },
        tolerations: [{ key: 'k', value: 'v' }],
        containers: [{ image: 'localhost/web:2' }],
      },
    })
    expect(live?.at).toEqual({ file: join(made.folder, 'web.yaml'), line: 6 })
  })

  it('finds who brings a kind: definitions of the file, of another deployable, or nobody', async () => {
    await using made = await temporary()
    const { collect } = collector(made.folder)
    const user = await plainFile(made.folder, 'thing.yaml', thing)
    const alone = (await collect([user])).get('service/web')
    expect(alone?.problems).toEqual([
      expect.objectContaining({ severity: 'error', message: expect.stringContaining('Thing') }),
    ])
    const bringer = await plainFile(made.folder, 'crd.yaml', definition, 'service/operator')
    const both = await collect([user, bringer])
    expect(both.get('service/web')).toMatchObject({ problems: [], needs: ['service/operator'] })
    await mkdir(join(made.folder, 'crds'))
    await writeFile(join(made.folder, 'crds', 'all.yaml'), `${definition}---\n${pod}`)
    const withCrds = await collect([user], { config: madeConfig({ crds: [join(made.folder, 'crds')] }) })
    expect(withCrds.get('service/web')).toMatchObject({ problems: [], needs: ['crds'] })
    expect(withCrds.get('crds')).toMatchObject({
      defines: ['example.io/Thing'],
      problems: [expect.objectContaining({ severity: 'warning', message: expect.stringContaining('Pod web') })],
    })
  })

  it('fetches nothing: a published chart that is not here is said, with the hosts of the file', async () => {
    await using made = await temporary()
    const { collect, commands } = collector(made.folder)
    const chart = { chart: 'argo-cd', repo: 'https://charts.example', version: '1.2.3' }
    const argo = madeDeployable('addon/argocd', {
      source: { kind: 'helm', chart, release: 'a', values: [{ set: { x: 1 } }] },
      hosts: ['argo.local'],
    })
    const sources = await collect([argo])
    const source = sources.get('addon/argocd')
    expect(source?.objects).toBeUndefined()
    expect(source).toMatchObject({
      why: expect.stringContaining('argo-cd 1.2.3'),
      hosts: ['argo.local'],
      problems: [{ severity: 'warning' }],
    })
    expect(commands).toEqual([])
    expect(await renderOut({ deployables: [argo], sources }, () => true)).toEqual([
      { path: 'addon/argocd/values.yaml', text: 'x: 1\n', isPrivate: true },
    ])
  })

  it('says so where there is no helm, and refuses a chart that is nowhere', async () => {
    await using made = await temporary()
    const { collect } = collector(made.folder)
    const here = (await collect([chartOf(join(fixtures, 'charts', 'app'))], { helm: false })).get('service/web')
    expect(here).toMatchObject({ why: 'There is no helm.', problems: [{ severity: 'warning' }] })
    const nowhere = (await collect([chartOf('/nowhere')])).get('service/web')
    expect(nowhere?.problems).toEqual([
      expect.objectContaining({ severity: 'error', message: expect.stringContaining('/nowhere'), step: 'service/web' }),
    ])
  })

  it('names what changed, and nothing else', async () => {
    await using made = await temporary()
    const { collect } = collector(made.folder)
    const web = await plainFile(made.folder, 'web.yaml', pod)
    const print = async (deployable: Deployable, asked?: Asked) =>
      (await collect([deployable], asked)).get('service/web')?.fingerprint ?? {}
    const before = await print(web, { images: [image] })
    const changed = async (deployable: Deployable, images = [image]) => {
      const now = await print(deployable, { images })
      return Object.keys(now).filter((key) => now[key] !== before[key])
    }
    expect(await changed(web)).toEqual([])
    expect(await changed(web, [{ ...image, inputs: 'other' }])).toEqual(['images'])
    expect(await changed(web, [image, { ...image, key: 'b', name: 'unused' }])).toEqual([])
    expect(await changed({ ...web, placement: { a: 'b' } })).toEqual(['placement'])
    expect(await changed({ ...web, skip: ['X'] })).toEqual(['patches'])
    expect(await changed({ ...web, revision: 2 })).toEqual(['revision'])
    expect(await changed({ ...web, namespace: 'other' })).toEqual(['release'])
    await writeFile(join(made.folder, 'web.yaml'), `${pod}# more\n`)
    expect(await changed(web)).toEqual(['files'])
  })

  it.skipIf(helm.path === '')('renders what did not change from the cache, and again what did', async () => {
    await using made = await temporary()
    await using cache = await temporary()
    await cp(join(fixtures, 'charts', 'app'), join(made.folder, 'app'), { recursive: true })
    const { collect, commands } = collector(cache.folder)
    const web = chartOf(join(made.folder, 'app'))
    const first = await collect([web])
    expect(first.get('service/web')?.problems).toEqual([])
    expect(commands).toHaveLength(1)
    // What finds lines again is a function of its own in each.
    const plain = (sources: typeof first): unknown => JSON.parse(JSON.stringify([...sources]))
    expect(plain(await collect([web]))).toEqual(plain(first))
    expect(commands).toHaveLength(1)
    await writeFile(
      join(made.folder, 'app', 'values.yaml'),
      'image: team/web:2\ntext: new\nreplicas: 1\nports: [80]\njobs: 2\nbreak: ""\n',
    )
    const second = await collect([web])
    expect(commands).toHaveLength(2)
    expect(second.get('service/web')?.fingerprint['chart']).not.toBe(first.get('service/web')?.fingerprint['chart'])
    expect(await readdir(join(cache.folder, 'renders'))).toHaveLength(2)
  })

  it.skipIf(helm.path === '')('keeps no render that has problems, and names them with the step', async () => {
    await using cache = await temporary()
    const { collect } = collector(cache.folder)
    const values = [{ set: { break: 'nil' } }]
    const source = { kind: 'helm', chart: { chart: join(fixtures, 'charts', 'app') }, release: 'web', values } as const
    const [found] = (await collect([madeDeployable('service/web', { source })])).get('service/web')?.problems ?? []
    expect(found).toMatchObject({ severity: 'error', step: 'service/web', at: { line: 64 } })
    expect(await readdir(cache.folder)).not.toContain('renders')
  })

  it.skipIf(helm.path === '')(
    'keeps no render of what stands in no file: the cache holds what files hold',
    async () => {
      await using cache = await temporary()
      const { collect, commands } = collector(cache.folder)
      const values = [{ set: { text: 'postgres://me:hunter22@db' } }]
      const source = {
        kind: 'helm',
        chart: { chart: join(fixtures, 'charts', 'app') },
        release: 'web',
        values,
      } as const
      const deployables = [madeDeployable('service/web', { source })]
      const config = madeConfig({ given: () => ['hunter22'] })
      expect((await collect(deployables, { config })).get('service/web')?.problems).toEqual([])
      expect(await readdir(cache.folder)).not.toContain('renders')
      await collect(deployables, { config })
      expect(commands).toHaveLength(2)
      await collect(deployables)
      expect(await readdir(join(cache.folder, 'renders'))).toHaveLength(1)
    },
  )

  it.skipIf(helm.path === '')('renders a chart that asks what is served for what the plan will serve', async () => {
    await using made = await temporary()
    const { collect } = collector(made.folder)
    const operator = await plainFile(made.folder, 'crd.yaml', definition, 'service/operator')
    const sources = await collect([chartOf(join(fixtures, 'charts', 'app')), operator])
    expect(sources.get('service/web')).toMatchObject({ problems: [], needs: ['service/operator'] })
    expect(sources.get('service/web')?.kinds).toContain('example.io/Thing')
  })

  it('writes out what would be applied, definitions whole', async () => {
    await using made = await temporary()
    const { collect } = collector(made.folder)
    await writeFile(join(made.folder, 'crds.yaml'), definition)
    const config = madeConfig({ crds: [join(made.folder, 'crds.yaml')] })
    const web = await plainFile(made.folder, 'web.yaml', pod, 'service/web@dev')
    const files = await renderOut(
      { deployables: [web], sources: await collect([web], { config, images: [image] }) },
      () => true,
    )
    expect(files.map(({ path }) => path)).toEqual(['crds/manifests.yaml', 'service/web@dev/manifests.yaml'])
    const read = (index: number) => parseObjects(files[index]?.text ?? '', { place: inFile('x') }).objects[0]?.object
    expect(JSON.stringify(read(0))).toContain('"openAPIV3Schema":{"type":"object"}')
    expect(JSON.stringify(read(1))).toContain('localhost/web:2')
  })
})

describe('a plan', () => {
  it('downloads no helm: without one on this machine it says what `up` gets', async () => {
    await using made = await temporary()
    const env = { KINDUP_CACHE: made.folder, PATH: made.folder }
    const run = makeRun()
    const web = chartOf(join(fixtures, 'charts', 'app'))
    const config = madeConfig()
    const source = (await collectSources([web], { config, images: [], run, env })).get('service/web')
    expect(source).toMatchObject({
      why: expect.stringMatching(/helm is not on this machine yet, `up` downloads 4\.\d+\.\d+/),
      problems: [{ severity: 'warning' }],
    })
    expect(await readdir(made.folder)).not.toContain('tools')
  })
})

it('renders what it renders for two collections of the same files once, a kustomization that fails too', async () => {
  await using made = await temporary()
  const { folder } = made
  await writeFile(join(folder, 'kustomization.yaml'), 'resources: [gone.yaml]\n')
  const calls: string[] = []
  const known = { files: makeFiles(), ofFiles: makeOfFiles() }
  const collect = () =>
    collectSources([madeDeployable('service/web', { source: { kind: 'kustomize', folder } })], {
      config: madeConfig(),
      images: [],
      run: (program, args) => {
        calls.push(args.join(' '))
        return Promise.reject(
          commandError({ command: program, program, result: { stdout: '', stderr: 'Error: no gone.yaml', code: 1 } }),
        )
      },
      tools: {
        ...toolsWith({}),
        kubectl: () =>
          Promise.resolve({ name: 'kubectl' as const, path: 'kubectl', version: '1.36.2', from: 'path' as const }),
      },
      env: { KINDUP_CACHE: folder },
      known,
    })
  const [first, again] = [await collect(), await collect()]
  expect(first.get('service/web')?.problems).toMatchObject([{ severity: 'error' }])
  expect(again.get('service/web')?.problems).toEqual(first.get('service/web')?.problems)
  expect(calls).toHaveLength(1)
})
