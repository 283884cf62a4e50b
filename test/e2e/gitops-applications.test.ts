import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { gitServer, type GitServer } from '../support/git-server.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const why = whyNoCluster(['argo-cd'], ['registry:3', 'quay.io/argoproj/argocd:v3.4.4'])

/** A repository of charts of this machine, which pods of a kind cluster find under the host of `beside`. */
const chartRepository = async (
  folder: string,
  beside: string,
): Promise<{ readonly server: Server; readonly url: string }> => {
  const server = createServer((request, response) => {
    void readFile(join(folder, basename(request.url ?? ''))).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { server, url: `http://${new URL(beside).hostname}:${port}` }
}

/** What the Applications of the fixture say, rendered by Argo CD itself from its git remote, and by kindup from the files. */
describe.skipIf(why !== undefined)('Applications of every kind', () => {
  let cluster: RealCluster
  let git: GitServer
  let charts: Server
  let folder = ''
  const up = async (): Promise<UpDocument> => {
    const report = await cluster.json<UpDocument>(['up'])
    expect(report).not.toHaveProperty('error')
    return report
  }
  type Held = Readonly<Record<string, { readonly uid: string; readonly data: Readonly<Record<string, string>> }>>
  const held = (): Held => {
    const { items } = JSON.parse(cluster.kubectl('--namespace', 'dev', 'get', 'configmaps', '--output', 'json')) as {
      readonly items: readonly {
        readonly metadata: { name: string; uid: string }
        readonly data: Record<string, string>
      }[]
    }
    return Object.fromEntries(
      items
        .filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
        .map(({ metadata: { name, uid }, data }) => [name, { uid, data }]),
    )
  }
  /** All that runs, pods included, and what has it run. */
  const running = (): readonly string[] => {
    const template = 'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\\n"}{end}'
    const deployed = cluster.kubectl('--namespace', 'dev', 'get', 'configmaps,deployments,pods', '--output', template)
    const applications = cluster.kubectl('--namespace', 'argocd', 'get', 'applications', '--output', template)
    return [deployed, applications].flatMap((text) => text.split('\n')).toSorted()
  }
  const dataOf = (all: Held): unknown => Object.fromEntries(Object.entries(all).map(([name, { data }]) => [name, data]))
  const standing = (): readonly string[] =>
    cluster
      .kubectl(
        '--namespace',
        'argocd',
        'get',
        'applications',
        '--output',
        'jsonpath={range .items[*]}{.metadata.name} {.status.sync.status} {.status.health.status}{"\\n"}{end}',
      )
      .split('\n')
      .toSorted()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-applications-'))
    await cp(join(root, 'test', 'fixtures', 'gitops-applications'), folder, { recursive: true })
    git = await gitServer(join(folder, 'served'))
    const packed = spawnSync('tar', ['-czf', join(folder, 'served', 'published-0.1.0.tgz'), '-C', folder, 'published'])
    if (packed.status !== 0) throw new Error(packed.stderr.toString())
    await rm(join(folder, 'published'), { recursive: true })
    await writeFile(
      join(folder, 'served', 'index.yaml'),
      'apiVersion: v1\nentries: { published: [{ apiVersion: v2, name: published, version: 0.1.0, urls: [published-0.1.0.tgz] }] }\n',
    )
    const repository = await chartRepository(join(folder, 'served'), git.url)
    charts = repository.server
    const named = (await readdir(join(folder, 'argo'))).map((one) => join('argo', one))
    for (const name of [
      ...named,
      'project.yaml',
      'solo.yaml',
      'children/below.yaml',
      'of-a-set.yaml',
      'by-a-set.yaml',
    ]) {
      const text = await readFile(join(folder, name), 'utf8')
      await writeFile(join(folder, name), text.replaceAll('REPOSITORY', git.url).replaceAll('CHARTS', repository.url))
    }
    await writeFile(join(folder, '.gitignore'), 'served/\n')
    git.push(folder)
    await writeFile(
      join(folder, '.git/config'),
      `[core]\n\trepositoryformatversion = 0\n[remote "origin"]\n\turl = ${git.url}\n`,
    )
    cluster = await realCluster('kindup-e2e-applications', join(folder, 'kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await git?.[Symbol.asyncDispose]()
    charts?.closeAllConnections()
    charts?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const expected = {
    'by-kustomized': { says: 'one' },
    hooked: { says: 'one' },
    'inline-of-text': { text: 'of values', object: 'no', file: 'no' },
    'own-name': { text: 'no', object: 'of valuesObject', file: 'no' },
    published: { text: 'no', object: 'no', file: 'of $values' },
    ...Object.fromEntries(
      [
        'list-a',
        'list-b',
        'files-one',
        'files-two',
        'matrix-a-one',
        'matrix-b-two',
        'merge-one-plain',
        'merge-two-big',
        'clusters-in-cluster',
        'solo-one',
        'below',
      ].map((name) => [name, { text: 'no', object: 'no', file: 'no' }]),
    ),
  }
  let ran: readonly string[] = []

  it('is what Argo CD makes of it, from its git remote', async () => {
    await up()
    expect(dataOf(held())).toEqual(expected)
    ran = running()
    expect(standing().filter((line) => !line.endsWith(' Synced Healthy'))).toEqual([])
  })

  it('is the same by kindup from the files here, and the same objects', async () => {
    await replaceIn(join(folder, 'kindup.yaml'), 'source: remote', 'source: worktree')
    await up()
    const now = held()
    expect(dataOf(now)).toEqual(expected)
    // Those that sets and the parent had made are a service each: neither they nor their pods were made again.
    expect(running().filter((line) => !line.startsWith('Application parent '))).toEqual(
      ran.filter((line) => !line.startsWith('Application parent ')),
    )
    expect(standing()).toHaveLength(Object.keys(expected).length)
    expect(standing().filter((line) => !line.endsWith(' Synced Healthy'))).toEqual([])
    expect(touched(await up())).toEqual([])
  })

  it('follows the files here, kustomization, values and chart alike', async () => {
    await replaceIn(join(folder, 'kustomized/a.yaml'), 'says: one', 'says: two')
    await replaceIn(join(folder, 'values/published.yaml'), 'of $values', 'of $values, saved')
    await up()
    const now = held()
    expect([now['by-kustomized']?.data, now['published']?.data]).toEqual([
      { says: 'two' },
      { text: 'no', object: 'no', file: 'of $values, saved' },
    ])
  })

  it('goes on running while it is left to its git remote again', async () => {
    const here = held()
    git.push(folder)
    await replaceIn(join(folder, 'kindup.yaml'), 'source: worktree', 'source: remote')
    await up()
    expect(dataOf(held())).toEqual(dataOf(here))
    expect(running().filter((line) => !line.startsWith('Application parent '))).toEqual(
      ran.filter((line) => !line.startsWith('Application parent ')),
    )
    expect(touched(await up())).toEqual([])
    await replaceIn(join(folder, 'kindup.yaml'), 'source: remote', 'source: worktree')
    await up()
  })

  it('is refused where the controller of a set in the cluster makes it, with the command that ends that', async () => {
    cluster.kubectl('apply', '--filename', join(folder, 'by-a-set.yaml'))
    cluster.kubectl(
      '--namespace',
      'argocd',
      'scale',
      'deployment',
      '--selector=app.kubernetes.io/component=applicationset-controller',
      '--replicas=1',
    )
    await expect.poll(standing, { timeout: 300_000 }).toContainEqual(expect.stringContaining('of-a-set '))
    await replaceIn(
      join(folder, 'kindup.yaml'),
      'services:\n',
      'services:\n  set: { namespace: dev, deploy: { applications: [./of-a-set.yaml] } }\n',
    )
    type Failed = { readonly error: { readonly message: string; readonly hints: readonly string[] } }
    const { error } = await cluster.json<Failed>(['up', '--only', 'service/set'])
    expect(error.message).toContain('is made by the ApplicationSet by-a-set in the cluster')
    expect(error.hints).toContainEqual(expect.stringContaining('delete applicationset by-a-set --cascade=orphan'))
  })

  it('goes with all of it', async () => {
    expect(await cluster.json(['undeploy', 'apps', 'solo'])).not.toHaveProperty('error')
    expect(held()).toEqual({})
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
