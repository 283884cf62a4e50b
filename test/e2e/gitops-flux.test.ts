import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { pageServer } from '../support/page-server.ts'
import { realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const file = `name: gitops
cluster: { registry: { port: 5074 } }
environments: { dev: {} }
services:
  web:
    deploy: { manifests: [./web.yaml] }
    gitops: flux
    smoke: [{ service: web, path: /index.html, text: one }]
`

const manifests = `apiVersion: v1
kind: ConfigMap
metadata: { name: page }
data: { index.html: one, unread: as it is }
---
${pageServer}---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
`

const why = whyNoCluster(
  ['flux2'],
  [
    'registry:3',
    'python:3.13-alpine',
    'ghcr.io/fluxcd/source-controller:v1.8.2',
    'ghcr.io/fluxcd/kustomize-controller:v1.8.3',
  ],
)

type Status = { readonly steps: readonly { readonly id: string; readonly why: string | null }[] }

/** One service of one cluster that the real Flux deploys, each test going on from the one before. */
describe.skipIf(why !== undefined)('a service that the real Flux deploys', () => {
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
  /** Another text in what is served, and in what is asked for. */
  const change = async (from: string, to: string): Promise<void> => {
    await edit('web.yaml', `index.html: ${from}`, `index.html: ${to}`)
    await edit('kindup.yaml', `text: ${from}`, `text: ${to}`)
  }
  const inDev = (...args: readonly string[]): string => cluster.kubectl('--namespace', 'dev', ...args)
  const uids = (): string =>
    inDev('get', 'deployments,replicasets,services,pvc', '--output', 'jsonpath={.items[*].metadata.uid}')
  const ofFlux = (): readonly string[] =>
    cluster
      .kubectl('--namespace', 'flux-system', 'get', 'kustomizations,ocirepositories', '--output', 'name')
      .split('\n')
      .filter((name) => name !== '')
  const managers = (): string =>
    inDev('get', 'configmap', 'page', '--output', 'jsonpath={.metadata.managedFields[*].manager}')
  const whyOf = async (): Promise<string | null | undefined> =>
    (await cluster.json<Status>(['status'])).steps.find(({ id }) => id === 'service/web@dev')?.why
  const both = ['kustomization.kustomize.toolkit.fluxcd.io/web-dev', 'ocirepository.source.toolkit.fluxcd.io/web-dev']

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-flux-'))
    await writeFile(join(folder, 'kindup.yaml'), file)
    await writeFile(join(folder, 'web.yaml'), manifests)
    cluster = await realCluster('kindup-e2e-flux', join(folder, 'kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    const times = Object.entries(seconds).map(([what, value]) => `${what} ${value.toFixed(1)}`)
    console.info(`flux, seconds: ${times.join(', ')}`)
  })

  it('comes up with Flux and the registry that it needs, and answers', async () => {
    const first = await up('up')
    expect(touched(first)).toEqual(expect.arrayContaining(['addon/flux', 'registry', 'service/web@dev']))
    expect(ofFlux()).toEqual(both)
    expect(managers()).toBe('kustomize-controller')
  })

  it('pushes nothing and changes nothing the second time', async () => {
    expect(touched(await up('again'))).toEqual([])
  })

  it('is synced from the files as they are', async () => {
    await change('one', 'two')
    const synced = await cluster.json<{ services: readonly object[]; seconds: number }>(['sync'])
    expect(synced).toMatchObject({ services: [{ id: 'service/web@dev', result: 'updated' }] })
    seconds['sync'] = synced.seconds
  })

  it('says what differs from the files and that Flux changes it back, and so does the next up', async () => {
    // Not what is served: a pod sees a changed file only when its kubelet looks again, up to a minute later.
    inDev('patch', 'configmap', 'page', '--patch', '{"data":{"unread":"by hand"}}')
    expect(await whyOf()).toBe(
      'ConfigMap dev/page differs from the source, and Flux changes that back by itself (every 1m)',
    )
    await up('after drift')
    expect(inDev('get', 'configmap', 'page', '--output', 'jsonpath={.data}')).toBe(
      '{"index.html":"two","unread":"as it is"}',
    )
    expect(await whyOf()).toBeNull()
  })

  it('takes another number of replicas for a difference only where the files say one', async () => {
    const replicas = (): string => inDev('get', 'deployment', 'web', '--output', 'jsonpath={.spec.replicas}')
    // A pod that still starts is what status says first.
    const scale = (): void => {
      inDev('scale', 'deployment', 'web', '--replicas=2')
      inDev('rollout', 'status', 'deployment/web', '--timeout=120s')
    }
    scale()
    expect(await whyOf()).toBeNull()
    expect(touched(await up('after scaling'))).toEqual([])
    expect(replicas()).toBe('2')
    await edit('web.yaml', 'spec:\n  selector', 'spec:\n  replicas: 1\n  selector')
    await up('with a number of replicas')
    scale()
    expect(await whyOf()).toBe(
      'Deployment dev/web differs from the source, and Flux changes that back by itself (every 1m)',
    )
    await up('after scaling what has a number')
    expect(replicas()).toBe('1')
  })

  it('goes on running while it is taken from Flux and given back', async () => {
    const before = uids()
    await edit('kindup.yaml', '    gitops: flux\n', '')
    await edit('kindup.yaml', 'environments:', 'addons: { flux: true }\nenvironments:')
    expect(touched(await up('off'))).toContain('service/web@dev')
    expect([ofFlux(), managers(), uids()]).toEqual([[], 'kindup', before])
    await edit('kindup.yaml', '    smoke:', '    gitops: flux\n    smoke:')
    expect(touched(await up('on'))).toContain('service/web@dev')
    expect([ofFlux(), managers(), uids()]).toEqual([both, 'kustomize-controller', before])
  })

  it('is as quick as without, but for a few seconds', async () => {
    const took = async (): Promise<number> => {
      const { steps } = await cluster.json<{ steps: readonly { id: string; seconds: number }[] }>(['up'])
      return steps.find(({ id }) => id === 'service/web@dev')?.seconds ?? Number.NaN
    }
    await change('two', 'three')
    seconds['one change by Flux'] = await took()
    await edit('kindup.yaml', '    gitops: flux\n', '')
    await up('off again')
    await change('three', 'four')
    seconds['one change directly'] = await took()
    expect(seconds['one change by Flux']).toBeGreaterThan(0)
    expect(seconds['one change directly']).toBeGreaterThan(0)
    await edit('kindup.yaml', '    smoke:', '    gitops: flux\n    smoke:')
    await up('on again')
  })

  it('goes on where a run was killed in the middle of a sync', async () => {
    await change('four', 'five')
    const read = (): string =>
      cluster.kubectl(
        '--namespace',
        'flux-system',
        'get',
        'ocirepository',
        'web-dev',
        '--output',
        'jsonpath={.spec.ref}',
      )
    const before = read()
    const running = cluster.start(['sync'])
    await expect.poll(read, { timeout: 120_000 }).not.toBe(before)
    running.kill('SIGKILL')
    await running.ended
    await up('after a kill')
    expect(inDev('get', 'configmap', 'page', '--output', 'jsonpath={.data.index\\.html}')).toBe('five')
    expect(touched(await up('again after a kill'))).toEqual([])
  })

  it('names what Flux cannot apply, with its line', async () => {
    // The cluster's own certificate is one of them.
    inDev('create', 'quota', 'none', '--hard=configmaps=2')
    await edit(
      'web.yaml',
      '---\napiVersion: v1\nkind: Service',
      '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: another }\n---\napiVersion: v1\nkind: Service',
    )
    const failed = await cluster.json<{ error: { problems: readonly { message: string; at: object }[] } }>(['up'])
    expect(failed.error.problems).toEqual([
      expect.objectContaining({
        message: expect.stringContaining('ConfigMap dev/another'),
        at: expect.objectContaining({ file: join(folder, 'web.yaml') }),
      }),
    ])
    inDev('delete', 'resourcequota', 'none')
    expect(touched(await up('after a failure'))).toEqual(['service/web@dev'])
  })

  it('is what it was before', async () => {
    expect(await cluster.json(['rollback', 'web'])).not.toHaveProperty('error')
    expect(inDev('get', 'configmaps', '--output', 'name')).not.toContain('configmap/another')
    expect(managers()).toBe('kustomize-controller')
  })

  it('is taken away with all that it is though Flux does not run, and the cluster without a trace', async () => {
    cluster.kubectl('--namespace', 'flux-system', 'scale', 'deployment', 'kustomize-controller', '--replicas=0')
    expect(await cluster.json(['undeploy', 'web'])).toMatchObject({
      warnings: expect.arrayContaining([expect.stringContaining('Kustomization flux-system/web-dev hung on')]),
    })
    expect(ofFlux()).toEqual([])
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/dev')
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
