import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { pageServer } from '../support/page-server.ts'
import { realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const file = `name: gitops
cluster: { registry: { port: 5073 } }
crds: [./routes.yaml]
environments: { dev: {} }
services:
  web:
    deploy: { manifests: [./web.yaml] }
    gitops: argocd
    smoke: [{ service: web, path: /index.html, text: one }]
`

/** The API adds a default within a list, as it does to an HTTPRoute. */
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: routes.kindup.test }
spec:
  group: kindup.test
  scope: Namespaced
  names: { kind: Route, plural: routes, singular: route, listKind: RouteList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                parents:
                  type: array
                  items: { type: object, properties: { name: { type: string }, kind: { type: string, default: Gateway } } }
`

const manifests = `apiVersion: v1
kind: ConfigMap
metadata: { name: page }
data: { index.html: one }
---
apiVersion: kindup.test/v1
kind: Route
metadata: { name: page }
spec: { parents: [{ name: all }] }
---
${pageServer}`

const why = whyNoCluster(['argo-cd'], ['registry:3', 'python:3.13-alpine', 'quay.io/argoproj/argocd:v3.4.4'])

/** One service of one cluster that the real Argo CD deploys, each test going on from the one before. */
describe.skipIf(why !== undefined)('a service that the real Argo CD deploys', () => {
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
  const uids = (): string =>
    cluster.kubectl(
      '--namespace',
      'dev',
      'get',
      'deployments,replicasets,services',
      '--output',
      'jsonpath={.items[*].metadata.uid}',
    )
  const applications = (): string => cluster.kubectl('--namespace', 'argocd', 'get', 'applications', '--output', 'name')
  const managers = (): string =>
    cluster.kubectl(
      '--namespace',
      'dev',
      'get',
      'configmap',
      'page',
      '--output',
      'jsonpath={.metadata.managedFields[*].manager}',
    )

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-gitops-'))
    await writeFile(join(folder, 'kindup.yaml'), file)
    await writeFile(join(folder, 'web.yaml'), manifests)
    await writeFile(join(folder, 'routes.yaml'), definition)
    cluster = await realCluster('kindup-e2e-gitops', join(folder, 'kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    const times = Object.entries(seconds).map(([what, value]) => `${what} ${value.toFixed(1)}`)
    console.info(`gitops, seconds: ${times.join(', ')}`)
  })

  it('comes up with Argo CD and the registry that it needs, and answers', async () => {
    const first = await up('up')
    expect(touched(first)).toEqual(
      expect.arrayContaining(['addon/argocd', 'gitops/argocd', 'registry', 'service/web@dev']),
    )
    expect(applications()).toBe('application.argoproj.io/web-dev')
    expect(managers()).toBe('argocd-controller')
  })

  it('pushes nothing and changes nothing the second time', async () => {
    // The API says kind: Gateway there.
    expect(
      cluster.kubectl(
        '--namespace',
        'argocd',
        'get',
        'application',
        'web-dev',
        '--output',
        'jsonpath={.status.sync.status}',
      ),
    ).toBe('Synced')
    expect(touched(await up('again'))).toEqual([])
  })

  it('is synced from the files as they are', async () => {
    await edit('web.yaml', 'index.html: one', 'index.html: two')
    await edit('kindup.yaml', 'text: one', 'text: two')
    const synced = await cluster.json<{ services: readonly object[]; seconds: number }>(['sync'])
    expect(synced).toMatchObject({ services: [{ id: 'service/web@dev', result: 'updated' }] })
    seconds['sync'] = synced.seconds
  })

  it('is carried out as an Application of the user says, from the files as they are here', async () => {
    const before = uids()
    const own = await readFile(join(folder, 'kindup.yaml'), 'utf8')
    const repository = 'https://git.example.org/team/shop.git'
    await mkdir(join(folder, '.git'), { recursive: true })
    await writeFile(join(folder, '.git/config'), `[remote "origin"]\n\turl = git@git.example.org:team/shop\n`)
    await mkdir(join(folder, 'app'), { recursive: true })
    await writeFile(join(folder, 'app/web.yaml'), await readFile(join(folder, 'web.yaml'), 'utf8'))
    await writeFile(
      join(folder, 'application.yaml'),
      `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: their-web, namespace: argocd }
spec:
  project: default
  source: { repoURL: "${repository}", path: app, targetRevision: HEAD, directory: { include: "*.yaml" } }
  destination: { server: "https://kubernetes.default.svc", namespace: dev }
  syncPolicy: { automated: { prune: true, selfHeal: false }, syncOptions: [CreateNamespace=true] }
`,
    )
    // As somebody did before there was kindup: what they own of it must not stay beside the packed objects.
    cluster.kubectl('apply', '--filename', join(folder, 'application.yaml'))
    const adopting = '{ applications: [./application.yaml] }'
    await edit('kindup.yaml', '{ manifests: [./web.yaml] }\n    gitops: argocd', adopting)
    expect(touched(await up('adopted'))).toEqual(['service/web@dev'])
    expect(applications()).toBe('application.argoproj.io/their-web')
    const source = cluster.kubectl(
      '--namespace',
      'argocd',
      'get',
      'application',
      'their-web',
      '--output',
      'jsonpath={.spec.source}',
    )
    expect(Object.keys(JSON.parse(source) as object).toSorted()).toEqual(['path', 'repoURL', 'targetRevision'])
    expect(uids()).toBe(before)
    expect(touched(await up('adopted again'))).toEqual([])
    await writeFile(join(folder, 'kindup.yaml'), own)
    expect(touched(await up('own again'))).toEqual(['service/web@dev'])
    expect([applications(), uids()]).toEqual(['application.argoproj.io/web-dev', before])
  })

  it('goes on running while it is taken from Argo CD and given back', async () => {
    const before = uids()
    await edit('kindup.yaml', '    gitops: argocd\n', '')
    await edit('kindup.yaml', 'environments:', 'addons: { argocd: true }\nenvironments:')
    expect(touched(await up('off'))).toContain('service/web@dev')
    expect([applications(), managers(), uids()]).toEqual(['', 'kindup', before])
    await edit('kindup.yaml', '    smoke:', '    gitops: argocd\n    smoke:')
    expect(touched(await up('on'))).toContain('service/web@dev')
    expect([applications(), managers(), uids()]).toEqual([
      'application.argoproj.io/web-dev',
      'argocd-controller',
      before,
    ])
  })

  it('names what Argo CD cannot apply, with its line', async () => {
    // The cluster's own certificate is one of them.
    cluster.kubectl('--namespace', 'dev', 'create', 'quota', 'none', '--hard=configmaps=2')
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
    cluster.kubectl('--namespace', 'dev', 'delete', 'resourcequota', 'none')
    expect(touched(await up('after a failure'))).toEqual(['service/web@dev'])
  })

  it('is taken away with all that it is, and the cluster without a trace', async () => {
    expect(await cluster.json(['undeploy', 'web'])).not.toHaveProperty('error')
    expect(applications()).toBe('')
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/dev')
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
