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
    'quay.io/argoproj/argocd:v3.4.4',
    'ghcr.io/fluxcd/source-controller:v1.8.2',
    'ghcr.io/fluxcd/kustomize-controller:v1.8.3',
  ],
)

const config = (name: string, text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { says: ${text} }\n`

const chart = (name: string): Readonly<Record<string, string>> => ({
  [`sets/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
  [`sets/${name}/templates/config.yaml`]: config('"{{ .Release.Name }}"', name),
})

/** One of each kind that kindup expands by itself; the names and paths of what they make. */
const generators = (
  url: string,
): Readonly<Record<string, readonly [generator: string, name: string, path: string]>> => ({
  list: [
    '{ list: { elements: [{ path: sets/a }, { path: sets/b }] } }',
    'list-{{ .path | replace "/" "-" }}',
    '{{ .path }}',
  ],
  clusters: ['{ clusters: { values: { at: sets/a } } }', '{{ .name }}-{{ .nameNormalized }}', '{{ .values.at }}'],
  folders: [
    `{ git: { repoURL: "${url}", revision: main, directories: [{ path: sets/* }, { path: sets/b, exclude: true }] } }`,
    'folders-{{ .path.basename }}',
    '{{ .path.path }}',
  ],
  files: [
    `{ git: { repoURL: "${url}", revision: main, files: [{ path: "sets/**/own.json" }] } }`,
    'files-{{ .name }}-{{ index .path.segments 1 }}',
    '{{ .path.path }}',
  ],
  matrix: [
    `{ matrix: { generators: [{ list: { elements: [{ folder: a }, { folder: b }] } }, { git: { repoURL: "${url}", revision: main, files: [{ path: "sets/{{ .folder }}/own.json" }] } }] } }`,
    'matrix-{{ .folder }}-{{ .name | upper | lower }}',
    '{{ .path.path }}',
  ],
  merge: [
    `{ merge: { mergeKeys: [name], generators: [{ git: { repoURL: "${url}", revision: main, files: [{ path: "sets/*/own.json" }] } }, { list: { elements: [{ name: two, size: big }, { name: none, size: no }] } }] } }`,
    'merge-{{ .name }}-{{ default "plain" .size }}',
    '{{ .path.path }}',
  ],
  chosen: [
    `{ git: { repoURL: "${url}", revision: main, files: [{ path: "sets/*/own.json" }] }, selector: { matchLabels: { at.size: m } } }`,
    'chosen-{{ .name }}',
    '{{ .path.path }}',
  ],
})

const set = (
  url: string,
  name: string,
  generator: string,
  made: string,
  path: string,
): string => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: ${name}, namespace: argocd }
spec:
  goTemplate: true
  goTemplateOptions: ["missingkey=default"]
  generators: [${generator}]
  template:
    metadata: { name: ${JSON.stringify(made)} }
    spec:
      project: default
      source: { repoURL: "${url}", targetRevision: main, path: ${JSON.stringify(path)} }
      destination: { server: "https://kubernetes.default.svc", namespace: dev }
      syncPolicy: { automated: { prune: true }, syncOptions: [CreateNamespace=true] }
`

const files = (url: string): Readonly<Record<string, string>> => ({
  'kindup.yaml': `name: remote
cluster: { registry: { port: 5079 } }
environments: { dev: {} }
services:
  plain: { deploy: { applications: [./argo/plain.yaml] }, gitops: { tool: argocd, source: remote } }
  flux: { deploy: { flux: ./clusters/dev }, gitops: { tool: flux, source: remote } }
`,
  'argo/plain.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: plain, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }
spec:
  project: default
  source: { repoURL: "${url}", targetRevision: main, path: plain }
  destination: { server: "https://kubernetes.default.svc", namespace: dev }
  syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: [CreateNamespace=true] }
`,
  'plain/a.yaml': config('plain', 'one'),
  'kustomized/kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: by-\n',
  'kustomized/a.yaml': config('flux', 'one'),
  // Each release has an object of its own.
  ...chart('a'),
  ...chart('b'),
  'sets/a/own.json': '{ "name": "one", "at": { "size": "s" } }',
  'sets/b/own.json': '{ "name": "two", "at": { "size": "m" } }',
  'clusters/dev/flux.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: shop, namespace: flux-system }
spec: { interval: 1h, url: "${url}", ref: { branch: main }, timeout: 20s }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: shop, namespace: flux-system }
spec: { interval: 1h, path: ./kustomized, prune: true, targetNamespace: dev, sourceRef: { kind: GitRepository, name: shop } }
`,
  ...Object.fromEntries(
    Object.entries(generators(url)).map(([name, of]) => [`sets/${name}.yaml`, set(url, name, ...of)]),
  ),
})

type Plan = { readonly steps: readonly { readonly id: string }[]; readonly problems: readonly object[] }

/** A repository on a real git server, which the real Argo CD and Flux read by themselves; each test goes on from the one before. */
describe.skipIf(why !== undefined)('what is left to its git remote', () => {
  const seconds: Record<string, number> = {}
  let cluster: RealCluster
  let server: GitServer
  let folder = ''
  const edit = (name: string, from: string, to: string): Promise<void> => replaceIn(join(folder, name), from, to)
  const up = async (what: string): Promise<UpDocument> => {
    const report = await cluster.json<UpDocument>(['up'])
    expect(report).not.toHaveProperty('error')
    seconds[what] = report.seconds
    return report
  }
  const says = (name: string): string =>
    cluster.kubectl('--namespace', 'dev', 'get', 'configmap', name, '--output', 'jsonpath={.data.says}')
  const applications = (): readonly string[] =>
    cluster
      .kubectl(
        '--namespace',
        'argocd',
        'get',
        'applications',
        '--output',
        'jsonpath={range .items[*]}{.metadata.name} {.spec.source.path}{"\\n"}{end}',
      )
      .split('\n')
      .toSorted()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-remote-'))
    server = await gitServer(join(folder, 'served'))
    for (const [path, text] of Object.entries(files(server.url))) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await writeFile(join(folder, '.gitignore'), 'served/\n')
    server.push(folder)
    await writeFile(
      join(folder, '.git/config'),
      `[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = ${server.url}\n`,
    )
    cluster = await realCluster('gitops-remote', join(folder, 'kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    const times = Object.entries(seconds).map(([what, value]) => `${what} ${value.toFixed(1)}`)
    console.info(`remote, seconds: ${times.join(', ')}`)
  })

  it('is cloned by the controllers themselves, and waited for', async () => {
    await up('up')
    expect([says('plain'), says('by-flux')]).toEqual(['one', 'one'])
    expect(touched(await up('again'))).toEqual([])
  })

  it('is what was pushed, and not what is saved', async () => {
    await edit('plain/a.yaml', 'says: one', 'says: two')
    await edit('kustomized/a.yaml', 'says: one', 'says: two')
    expect(touched(await up('saved alone'))).toEqual([])
    expect([says('plain'), says('by-flux')]).toEqual(['one', 'one'])
    server.push(folder)
    cluster.kubectl('--namespace', 'argocd', 'annotate', 'application', 'plain', 'argocd.argoproj.io/refresh=normal')
    cluster.kubectl(
      '--namespace',
      'flux-system',
      'annotate',
      '--overwrite',
      'gitrepository',
      'shop',
      'reconcile.fluxcd.io/requestedAt=now',
    )
    await expect.poll(() => [says('plain'), says('by-flux')], { timeout: 120_000 }).toEqual(['two', 'two'])
  })

  it('makes of ApplicationSets, by their own controller, what kindup makes of the same files', async () => {
    const own = generators(server.url)
    const of = (name: string): string => `  ${name}: { deploy: { applications: [./sets/${name}.yaml] }, gitops: `
    const lines = Object.keys(own).map((name) => `${of(name)}{ tool: argocd, source: remote } }\n`)
    await edit('kindup.yaml', 'services:\n', `services:\n${lines.join('')}`)
    await up('sets')
    const byController = applications()
      .filter((line) => !line.startsWith('plain '))
      .map((line) => line.split(' '))
    // By kindup, from the files: a service each.
    const text = `name: sets\nenvironments: { dev: {} }\nservices:\n${Object.keys(own)
      .map((name) => `${of(name)}argocd }\n`)
      .join('')}`
    await writeFile(join(folder, 'sets.yaml'), text)
    const plan = await cluster.home.kindup(['plan', '--json', '--config', join(folder, 'sets.yaml')])
    const { steps, problems } = JSON.parse(plan.stdout) as Plan
    expect(problems).toEqual([])
    const byKindup = steps.flatMap(({ id }) => /^service\/(.+)@dev$/.exec(id)?.[1] ?? [])
    expect(byController.map(([name]) => name)).toEqual([
      'chosen-two',
      'files-one-a',
      'files-two-b',
      'folders-a',
      'in-cluster-in-cluster',
      'list-sets-a',
      'list-sets-b',
      'matrix-a-one',
      'matrix-b-two',
      'merge-one-plain',
      'merge-two-big',
    ])
    // A set that makes one is a service by its own name.
    const alone: Readonly<Record<string, string>> = {
      'chosen-two': 'chosen',
      'folders-a': 'folders',
      'in-cluster-in-cluster': 'clusters',
    }
    expect(byKindup.toSorted()).toEqual(byController.map(([name = '']) => alone[name] ?? name).toSorted())
    for (const line of lines) await edit('kindup.yaml', line, '')
    await up('without sets')
    expect(applications()).toEqual(['plain plain'])
  })

  it('is said to be out of reach in the words of the controllers, and nothing that runs goes', async () => {
    server.offline(true)
    await edit('argo/plain.yaml', 'path: plain', 'path: plain/.')
    await edit('clusters/dev/flux.yaml', 'timeout: 20s', 'timeout: 21s')
    type Failed = { readonly error: { readonly message: string } }
    const failed = async (only: string): Promise<string> =>
      (await cluster.json<Failed>(['up', '--only', only])).error.message
    expect(await failed('service/plain@dev')).toContain('Argo CD cannot deploy plain from where its Application says: ')
    expect(await failed('service/flux@dev')).toContain(server.url)
    expect([says('plain'), says('by-flux')]).toEqual(['two', 'two'])
    server.offline(false)
    await up('back again')
  })

  it('goes with all that it brought', async () => {
    expect(await cluster.json(['undeploy', 'plain'])).not.toHaveProperty('error')
    // What it warns of is why a namespace stays.
    expect(await cluster.json(['undeploy', 'flux'])).toMatchObject({
      removed: ['service/flux@dev', 'namespace dev'],
      warnings: [],
    })
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/dev')
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
