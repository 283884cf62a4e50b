import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { gitServer, type GitServer } from '../support/git-server.ts'
import { realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const why = whyNoCluster(
  ['argo-cd', 'flux2'],
  [
    'registry:3',
    'python:3.13-alpine',
    'quay.io/argoproj/argocd:v3.4.4',
    'ghcr.io/fluxcd/source-controller:v1.8.2',
    'ghcr.io/fluxcd/kustomize-controller:v1.8.3',
    'ghcr.io/fluxcd/helm-controller:v1.5.3',
  ],
)

const nobody = 'nobody.invalid/team/web:1'
/** The engine has it, and no node. */
const held = 'python:3.13-alpine'

const chart = (folder: string): Readonly<Record<string, string>> => ({
  [`${folder}/Chart.yaml`]: 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  [`${folder}/values.yaml`]: `image: ${nobody}\n`,
  [`${folder}/templates/web.yaml`]: `apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}-web" }
spec:
  selector: { matchLabels: { app: "{{ .Release.Name }}" } }
  template:
    metadata: { labels: { app: "{{ .Release.Name }}" } }
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: web, image: "{{ .Values.image }}", command: [python, -m, http.server] }] }
`,
})

const files = (url: string): Readonly<Record<string, string>> => ({
  'kindup.yaml': `name: images
cluster: { registry: { port: 5090 } }
environments: { dev: {} }
services:
  release: { deploy: { flux: ./clusters/dev } }
  foreign: { deploy: { applications: [./argo/foreign.yaml] } }
`,
  'clusters/dev/release.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: shop, namespace: flux-system }
spec: { interval: 1h, url: "https://git.invalid/org/shop", ref: { branch: main } }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: release, namespace: dev }
spec:
  interval: 1h
  chart: { spec: { chart: ./chart, reconcileStrategy: Revision, sourceRef: { kind: GitRepository, name: shop, namespace: flux-system } } }
`,
  'argo/foreign.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: foreign, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }
spec:
  project: default
  source: { repoURL: "${url}", targetRevision: main, path: chart }
  destination: { server: "https://kubernetes.default.svc", namespace: dev }
  syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: [CreateNamespace=true] }
`,
  ...chart('chart'),
})

type Failed = { readonly error: { readonly code: string; readonly message: string } }

/** What only a chart names that Flux renders, and what only a chart of another repository names: nobody here knows of it before a pod does. */
describe.skipIf(why !== undefined)('an image that nobody here has rendered', () => {
  const seconds: Record<string, number> = {}
  let cluster: RealCluster
  let server: GitServer
  let folder = ''
  const timed = async <T>(what: string, run: Promise<T>): Promise<T> => {
    const began = performance.now()
    const answer = await run
    seconds[what] = (performance.now() - began) / 1_000
    return answer
  }
  const only = (id: string) => ['up', '--only', `service/${id}@dev`]
  const image = (name: string): string =>
    cluster.kubectl(
      '--namespace',
      'dev',
      'get',
      'deployment',
      `${name}-web`,
      '--output',
      'jsonpath={.spec.template.spec.containers[0].image} {.status.availableReplicas}',
    )
  const write = async (all: Readonly<Record<string, string>>, into: string): Promise<void> => {
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(into, path)), { recursive: true })
      await writeFile(join(into, path), text)
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-images-'))
    server = await gitServer(join(folder, 'served'))
    await write(chart('chart'), join(folder, 'elsewhere'))
    server.push(join(folder, 'elsewhere'))
    await write(files(server.url), join(folder, 'here'))
    await write(
      { config: '[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = https://git.invalid/org/shop\n' },
      join(folder, 'here/.git'),
    )
    cluster = await realCluster('gitops-images', join(folder, 'here/kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    const times = Object.entries(seconds).map(([what, value]) => `${what} ${value.toFixed(1)}`)
    console.info(`images, seconds: ${times.join(', ')}`)
  })

  it('ends the step with its name where nobody has it, long before the controller gives up', async () => {
    await timed('the cluster', cluster.json(['up', '--only', 'addon/*', '--only', 'cluster/nodes']))
    for (const id of ['release', 'foreign']) {
      const { error } = await timed(`${id}, an image of nobody`, cluster.json<Failed>(only(id)))
      // Flux and Argo CD themselves say that something took too long, and not what.
      expect([error.code, error.message]).toEqual(['wait-failed', expect.stringContaining(nobody)])
    }
  })

  it('goes to the nodes where the engine has it, and runs with the next up', async () => {
    await replaceIn(join(folder, 'here/chart/values.yaml'), nobody, held)
    await replaceIn(join(folder, 'elsewhere/chart/values.yaml'), nobody, held)
    server.push(join(folder, 'elsewhere'))
    for (const id of ['release', 'foreign'])
      expect(await timed(`${id}, one that the engine has`, cluster.json(only(id)))).not.toHaveProperty('error')
    expect([image('release'), image('foreign')]).toEqual([`${held} 1`, `${held} 1`])
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])
  })

  it('ends the step of a release that ran before, and what ran goes on', async () => {
    await replaceIn(join(folder, 'here/chart/values.yaml'), held, nobody)
    const { error } = await timed('release, an image of nobody after one', cluster.json<Failed>(only('release')))
    expect([error.code, error.message]).toEqual(['wait-failed', expect.stringContaining(nobody)])
    expect(image('release')).toBe(`${nobody} 1`)
    await replaceIn(join(folder, 'here/chart/values.yaml'), nobody, held)
    expect(await cluster.json(['up'])).not.toHaveProperty('error')
    expect(image('release')).toBe(`${held} 1`)
  })

  it('goes with all that was brought', async () => {
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
