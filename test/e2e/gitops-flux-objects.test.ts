import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { pageServer } from '../support/page-server.ts'
import { realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const gitRepository = `apiVersion: source.toolkit.fluxcd.io/v1beta2
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "ssh://git@git.invalid/org/shop", ref: { branch: main }, secretRef: { name: flux-system }, gitImplementation: go-git }
`
const kustomization = (name: string, path: string, more = ''): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1beta2
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec: { interval: 1h, path: ${path}, prune: true, validation: client, sourceRef: { kind: GitRepository, name: flux-system }${more} }
`

/** As \`flux bootstrap\` lays it out: the Kustomization of the folder brings itself, its source, Flux and the others. */
const files: Readonly<Record<string, string>> = {
  'kindup.yaml': `name: gitops
cluster: { registry: { port: 5076 } }
environments: { dev: {} }
services:
  all:
    deploy: { flux: "./clusters/{env}" }
    smoke: [{ service: web, path: /index.html, text: one }]
`,
  'clusters/dev/flux-system/gotk-sync.yaml': `${gitRepository}---\n${kustomization('flux-system', './clusters/dev')}`,
  'clusters/dev/flux-system/gotk-components.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: flux-system, labels: { app.kubernetes.io/part-of: flux } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: of-another-flux, namespace: flux-system, labels: { app.kubernetes.io/part-of: flux } }
`,
  'clusters/dev/flux-system/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [gotk-components.yaml, gotk-sync.yaml]
`,
  'clusters/dev/apps.yaml': `${kustomization('infra', './infra', ', wait: true')}---\n${kustomization(
    'apps',
    './apps',
    ', targetNamespace: dev, dependsOn: [{ name: infra }], postBuild: { substitute: { who: here }, substituteFrom: [{ kind: ConfigMap, name: vars }] }',
  )}---\n${kustomization('paused', './paused', ', targetNamespace: dev, suspend: true')}`,
  'paused/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: of-paused }\n',
  'far-tree/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: far }\ndata: { says: one }\n',
  'infra/vars.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: vars, namespace: flux-system }
data: { colour: green }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: values, namespace: flux-system }
data: { values.yaml: "text: of a ConfigMap" }
`,
  'apps/said.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: said }
data: { who: "\${who}", colour: "\${colour}" }
`,
  'apps/web.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: page }
data: { index.html: one }
---
${pageServer}`,
  'apps/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2beta1
kind: HelmRelease
metadata: { name: release }
spec:
  interval: 1h
  chart: { spec: { chart: ./chart, valuesFile: ./chart/more.yaml, sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system } } }
  valuesFrom: [{ kind: ConfigMap, name: values-here, optional: true }]
  values: { text: as written }
`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
  'chart/values.yaml': 'text: of the chart\n',
  'chart/more.yaml': 'more: one\n',
  'chart/templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: of-chart }\ndata: { text: "{{ .Values.text }}", more: "{{ .Values.more }}" }\n',
}

const why = whyNoCluster(
  ['flux2'],
  [
    'registry:3',
    'python:3.13-alpine',
    'ghcr.io/fluxcd/source-controller:v1.8.2',
    'ghcr.io/fluxcd/kustomize-controller:v1.8.3',
    'ghcr.io/fluxcd/helm-controller:v1.5.3',
  ],
)

type Status = { readonly steps: readonly { readonly id: string; readonly why: string | null }[] }

/** A repository that Flux deploys elsewhere, with the real Flux, from the files as they are here; each test goes on from the one before. */
describe.skipIf(why !== undefined)('objects of Flux that the user wrote', () => {
  const seconds: Record<string, number> = {}
  let cluster: RealCluster
  let folder = ''
  const edit = (name: string, from: string, to: string): Promise<void> => replaceIn(join(folder, name), from, to)
  const up = async (what: string): Promise<UpDocument> => {
    const report = await cluster.json<UpDocument>(['up'])
    expect(report).not.toHaveProperty('error')
    expect(report.smoke.filter(({ ok }) => !ok)).toEqual([])
    seconds[what] = report.seconds
    return report
  }
  const inDev = (...args: readonly string[]): string => cluster.kubectl('--namespace', 'dev', ...args)
  const data = (name: string): unknown =>
    JSON.parse(inDev('get', 'configmap', name, '--output', 'jsonpath={.data}')) as unknown
  const whyOf = async (): Promise<string | null | undefined> =>
    (await cluster.json<Status>(['status'])).steps.find(({ id }) => id === 'service/all@dev')?.why
  const ofFlux = (): readonly string[] =>
    cluster
      .kubectl(
        'get',
        'kustomizations,gitrepositories,ocirepositories,helmreleases',
        '--all-namespaces',
        '--output',
        'name',
      )
      .split('\n')
      .map((name) => name.replace(/\.[^/]*/, ''))
      .filter((name) => name !== '')
  const flux = (...args: readonly string[]): string => cluster.kubectl('--namespace', 'flux-system', ...args)
  /** As `flux suspend` does: what kubectl writes by its own name, Flux takes back by itself. */
  const suspend = (name: string): string =>
    flux('patch', 'kustomization', name, '--field-manager=flux', '--type=merge', '--patch={"spec":{"suspend":true}}')
  /** Has the local registry lose a manifest. */
  const forget = (digest: string): void => {
    const revision = `repositories/kindup/kindup-e2e-flux-objects/all/dev/_manifests/revisions/${digest.replace(':', '/')}`
    const path = `/var/lib/registry/docker/registry/v2/${revision}`
    const { status, stderr } = spawnSync('docker', ['exec', 'kindup-registry-5076', 'rm', '-r', path], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
  }
  /** What is served, and what is asked for. */
  const change = async (from: string, to: string): Promise<void> => {
    await edit('apps/web.yaml', `index.html: ${from}`, `index.html: ${to}`)
    await edit('kindup.yaml', `text: ${from}`, `text: ${to}`)
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-flux-objects-'))
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await mkdir(join(folder, '.git'))
    await writeFile(join(folder, '.git/config'), '[remote "origin"]\n\turl = git@git.invalid:org/shop.git\n')
    cluster = await realCluster('kindup-e2e-flux-objects', join(folder, 'kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    const times = Object.entries(seconds).map(([what, value]) => `${what} ${value.toFixed(1)}`)
    console.info(`objects of flux, seconds: ${times.join(', ')}`)
  })

  it('come up from the working tree, with all that they bring', async () => {
    await up('up')
    expect(ofFlux()).toEqual([
      'kustomization/apps',
      'kustomization/flux-system',
      'kustomization/infra',
      'kustomization/paused',
      'gitrepository/flux-system',
      'ocirepository/all-dev',
      'helmrelease/release',
    ])
    expect([data('said'), data('of-chart')]).toEqual([
      { who: 'here', colour: 'green' },
      { text: 'as written', more: 'one' },
    ])
    // Flux is that of the add-on, and not the one of the repository.
    expect(cluster.kubectl('get', 'serviceaccounts', '--all-namespaces', '--output', 'name')).not.toContain(
      'of-another-flux',
    )
  })

  it('change nothing the second time, and stand', async () => {
    expect(touched(await up('again'))).toEqual([])
    expect(await whyOf()).toBeNull()
  })

  it('follow what is saved: an object, a chart of the same version, and a Kustomization that is no longer there', async () => {
    await change('one', 'two')
    await edit('chart/more.yaml', 'one', 'two')
    const synced = await cluster.json<{ services: readonly object[]; seconds: number }>(['sync'])
    expect(synced).toMatchObject({ services: [{ id: 'service/all@dev', result: 'updated' }] })
    seconds['sync'] = synced.seconds
    expect(data('of-chart')).toEqual({ text: 'as written', more: 'two' })
    await writeFile(join(folder, 'clusters/dev/more.yaml'), kustomization('more', './more', ', targetNamespace: dev'))
    await mkdir(join(folder, 'more'))
    await writeFile(join(folder, 'more/a.yaml'), 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more }\n')
    await up('one Kustomization more')
    expect(ofFlux()).toContain('kustomization/more')
    await rm(join(folder, 'clusters/dev/more.yaml'))
    await up('and without it')
    expect(ofFlux()).not.toContain('kustomization/more')
    await expect.poll(() => inDev('get', 'configmaps', '--output', 'name'), { timeout: 60_000 }).not.toContain('/more')
  })

  it('are synced as they are saved', async () => {
    const watch = cluster.start(['sync', '--watch'])
    await watch.shown('Each save is carried out from now on.')
    await edit('apps/said.yaml', 'who: "${who}"', 'who: "${who}", saved: one')
    await watch.printed('apps/said.yaml → service/all@dev')
    expect(data('said')).toEqual({ who: 'here', saved: 'one', colour: 'green' })
    watch.kill('SIGINT')
    expect((await watch.ended).code).toBe(0)
  })

  it('say who leads elsewhere or is suspended, and go on with the next up, but for what a file suspends', async () => {
    flux('patch', 'gitrepository', 'flux-system', '--type', 'merge', '--patch', '{"spec":{"suspend":false}}')
    expect(await whyOf()).toBe('GitRepository flux-system/flux-system does not lead to the working tree any more')
    await up('after a resume')
    suspend('apps')
    expect(await whyOf()).toContain('Kustomization flux-system/apps is suspended')
    await up('after a suspension')
    expect(flux('get', 'kustomization', 'apps', '--output', 'jsonpath={.spec.suspend}')).toBe('')
    expect(flux('get', 'kustomization', 'paused', '--output', 'jsonpath={.spec.suspend}')).toBe('true')
    expect(inDev('get', 'configmaps', '--output', 'name')).not.toContain('of-paused')
    expect(await whyOf()).toBeNull()
  })

  it('name what somebody else changed of what they brought, and who changes that back', async () => {
    const before = data('said')
    // Not the page: a pod that goes on reads what it was for a minute more.
    inDev('patch', 'configmap', 'said', '--type=merge', '--patch={"data":{"who":"mine"}}')
    inDev('set', 'env', 'deployment/web', 'MINE=1')
    inDev('rollout', 'status', 'deployment/web', '--timeout=120s')
    expect(await whyOf()).toContain(
      'ConfigMap dev/said differs from the files, and Flux changes that back by itself (every 1h',
    )
    await up('after a change by hand')
    const env = inDev('get', 'deployment', 'web', '--output', 'jsonpath={.spec.template.spec.containers[0].env}')
    expect([data('said'), env, await whyOf()]).toEqual([before, '', null])
  })

  it('name what Flux cannot apply, in its words', async () => {
    await writeFile(
      join(folder, 'apps/broken.yaml'),
      'apiVersion: v1\nkind: Service\nmetadata: { name: broken }\nspec: { ports: [{ port: 99999 }] }\n',
    )
    const failed = await cluster.json<{ error: { code: string; message: string } }>(['up'])
    expect(failed.error.message).toContain('Flux cannot make Kustomization flux-system/apps so: Service dev/broken')
    await rm(join(folder, 'apps/broken.yaml'))
    await up('after a failure')
  })

  it('are what they were before, or stay as they are where nobody has the files of then', async () => {
    await change('two', 'three')
    await up('three')
    const digest = flux('get', 'ocirepository', 'all-dev', '--output', 'jsonpath={.spec.ref.digest}')
    expect(await cluster.json(['rollback', 'all'])).not.toHaveProperty('error')
    expect(data('page')).toEqual({ 'index.html': 'two' })
    const before = await whyOf()
    forget(digest)
    expect(await cluster.json(['rollback', 'all'])).toMatchObject({ error: { code: 'image-lost' } })
    expect([data('page'), await whyOf()]).toEqual([{ 'index.html': 'two' }, before])
    await up('forward')
    expect(data('page')).toEqual({ 'index.html': 'three' })
  })

  it('are left as they are where Flux is to read the remote', async () => {
    const source = flux('get', 'ocirepository', 'all-dev', '--output', 'jsonpath={.spec.url} {.spec.ref.digest}')
    const [url = '', digest = ''] = source.split(' ')
    await mkdir(join(folder, 'far'))
    await writeFile(
      join(folder, 'far/objects.yaml'),
      `apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: { name: far, namespace: flux-system }
spec: { interval: 1h, insecure: true, url: "${url}", ref: { digest: "${digest}" } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: far, namespace: flux-system }
spec: { interval: 1h, path: ./far-tree, prune: true, targetNamespace: dev, sourceRef: { kind: OCIRepository, name: far } }
`,
    )
    const far = '  far: { deploy: { flux: ./far }, gitops: { tool: flux, source: remote } }\n'
    await edit('kindup.yaml', 'services:\n', `services:\n${far}`)
    await up('what reads a remote')
    expect(data('far')).toEqual({ says: 'one' })
    await edit('far-tree/a.yaml', 'one', 'two')
    expect(touched(await up('its files saved'))).toEqual(['service/all@dev'])
    expect(data('far')).toEqual({ says: 'one' })
    expect(touched(await up('again with both'))).toEqual([])
    await edit('kindup.yaml', far, '')
    await up('without it')
    expect(ofFlux().filter((name) => name.endsWith('/far'))).toEqual([])
    expect(inDev('get', 'configmaps', '--output', 'name')).not.toContain('/far')
  })

  it('are taken away with all that they brought though it is suspended, and the cluster without a trace', async () => {
    suspend('apps')
    suspend('infra')
    expect(await cluster.json(['undeploy', 'all'])).not.toHaveProperty('error')
    expect(ofFlux()).toEqual([])
    expect(flux('get', 'configmaps', '--output', 'name').split('\n')).not.toContain('configmap/vars')
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/dev')
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).toContain('namespace/flux-system')
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
