import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { gitServer, type GitServer } from '../support/git-server.ts'
import { realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const why = whyNoCluster(['argo-cd', 'flux2'], ['registry:3', 'quay.io/argoproj/argocd:v3.4.4'])

const config = (name: string, text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { says: ${text} }\n`
const workload = (name: string): string =>
  `---\napiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { selector: { app: ${name} }, ports: [{ port: 5000 }] }\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: web, image: "example/web:1" }] } } }\n`

const of = (tool: 'argocd' | 'flux', key: string): Readonly<Record<string, string>> => ({
  [`${key}/chart/Chart.yaml`]: `apiVersion: v2\nname: own\nversion: 0.1.0\n`,
  [`${key}/chart/values.yaml`]: `own: one\nfile: no\nset: no\n`,
  [`${key}/chart/templates/a.yaml`]: config(`${key}-chart`, '"{{ .Values.own }} {{ .Values.file }} {{ .Values.set }}"'),
  [`${key}/dev.yaml`]: `file: two\n`,
  [`${key}/kustomized/kustomization.yaml`]: 'resources: [a.yaml]\nnamePrefix: by-\n',
  [`${key}/kustomized/a.yaml`]: config(`${key}-kustomized`, 'one') + workload(`${key}-web`),
  [`${key}/files/a.yaml`]: config(`${key}-files`, 'one') + (tool === 'flux' ? workload(`${key}-plain`) : ''),
  [`${key}/files/b.yaml`]: config(`${key}-other`, 'one'),
})

const hostPorts: Readonly<Record<string, number>> = { a: 30_791, f: 30_792 }

/** A change that plain YAML in one line says, as a kustomization takes none. */
const patches = `[{ target: { kind: ConfigMap }, patch: '[{ op: add, path: /data/more, value: "yes" }]' }]`

const services = (tool: string, key: string): string =>
  [
    `  ${key}-chart: { deploy: { helm: { chart: ./${key}/chart, values: [./${key}/dev.yaml], set: { set: three } } }, `,
    `  ${key}-kustomized: { deploy: { kustomize: ./${key}/kustomized }, placement: { tier: backend }, expose: [{ service: by-${key}-web, port: 5000, hostPort: ${hostPorts[key]} }], `,
    `  ${key}-files: { deploy: { manifests: [./${key}/files/a.yaml]${tool === 'flux' ? `, patches: ${patches}` : ''} }, `,
  ]
    .map((line) => `${line}gitops: { tool: ${tool}, source: remote } }\n`)
    .join('')

type Planned = {
  readonly problems: readonly { readonly message: string }[]
  readonly steps: readonly { readonly action: string }[]
}

describe.skipIf(why !== undefined)('a service that is left to its git remote', () => {
  let cluster: RealCluster
  let server: GitServer
  let folder = ''
  const up = async (): Promise<UpDocument> => {
    const report = await cluster.json<UpDocument>(['up'])
    expect(report).not.toHaveProperty('error')
    return report
  }
  const get = (kind: string, name: string, path: string): string =>
    cluster.kubectl('--namespace', 'dev', 'get', kind, name, '--output', `jsonpath={${path}}`)
  const push = (): void => {
    server.push(folder)
    spawnSync('git', ['-C', folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD'])
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-own-remote-'))
    server = await gitServer(join(folder, 'served'))
    const files = {
      'kindup.yaml': `name: own-remote\ncluster: { registry: { port: 5083 }, nodes: [{ role: control-plane, labels: { tier: backend }, ports: ["${hostPorts['a']}:30487", "${hostPorts['f']}:30488"] }] }\naddons: { argocd: true, flux: true }\nenvironments: { dev: {} }\nimages: { web: { ref: "registry:3", name: example/web } }\nsecrets: { key: { from: { literals: { a: b } }, mount: { services: [a-kustomized, f-kustomized], path: /mnt/key } } }\nservices:\n${services('argocd', 'a')}${services('flux', 'f')}`,
      '.gitignore': 'served/\n',
      ...of('argocd', 'a'),
      ...of('flux', 'f'),
    }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    push()
    spawnSync('git', ['-C', folder, 'remote', 'add', 'origin', server.url])
    cluster = await realCluster('gitops-own-remote', join(folder, 'kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('is read from there by both tools, with the values and images of the file', async () => {
    await up()
    for (const key of ['a', 'f']) {
      expect(get('configmap', `${key}-chart`, '.data.says')).toBe('one two three')
      expect(get('configmap', `by-${key}-kustomized`, '.data.says')).toBe('one')
      expect(get('configmap', `${key}-files`, '.data.says')).toBe('one')
      expect(get('deployment', `by-${key}-web`, '.spec.template.spec.containers[0].image')).toBe('registry:3')
    }
    for (const key of ['a', 'f']) {
      const pod = JSON.parse(get('deployment', `by-${key}-web`, '.spec.template.spec')) as object
      expect(pod).toMatchObject({
        nodeSelector: { tier: 'backend' },
        containers: [{ volumeMounts: [{ mountPath: '/mnt/key' }] }],
      })
      expect((await fetch(`http://127.0.0.1:${hostPorts[key]}/v2/`)).status).toBe(200)
    }
    expect(get('configmap', 'f-files', '.data.more')).toBe('yes')
    expect(get('deployment', 'f-plain', '.spec.template.spec.containers[0].image')).toBe('registry:3')
    expect(() => get('configmap', 'f-other', '.data')).toThrow(/not found/)
    expect(() => get('configmap', 'a-other', '.data')).toThrow(/not found/)
    expect(touched(await up())).toEqual([])
    expect(await cluster.json<{ healthy: boolean }>(['status'])).toMatchObject({ healthy: true })
  })

  it('is what was pushed, with the next up', async () => {
    for (const key of ['a', 'f']) await replaceIn(join(folder, `${key}/files/a.yaml`), 'says: one', 'says: two')
    const plan = await cluster.json<Planned>(['plan'])
    // What is saved alone is nowhere but here.
    expect(plan.steps.filter(({ action }) => action !== 'none')).toEqual([])
    expect(plan.problems.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('a/files/a.yaml differs from that')]),
    )
    push()
    await up()
    expect([get('configmap', 'a-files', '.data.says'), get('configmap', 'f-files', '.data.says')]).toEqual([
      'two',
      'two',
    ])
  })

  /** Of somebody else: git here knows nothing of it. */
  const pushElsewhere = async (file: string, from: string, to: string): Promise<void> => {
    const clone = join(folder, 'served', 'clone')
    const git = (...args: readonly string[]): void => {
      const own = ['-c', 'user.name=other', '-c', 'user.email=other@example.org']
      const { status, stderr } = spawnSync('git', [...own, ...args], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    }
    git('clone', '--quiet', join(folder, 'served', 'shop.git'), clone)
    await replaceIn(join(clone, file), from, to)
    git('-C', clone, 'commit', '--quiet', '--all', '--message=other')
    git('-C', clone, 'push', '--quiet', 'origin', 'main')
    await rm(clone, { recursive: true })
    git('-C', folder, 'pull', '--quiet', '--rebase', join(folder, 'served', 'shop.git'), 'main')
  }
  const says = (kind: string): readonly string[] =>
    ['a', 'f'].map((key) => get('configmap', `${kind === 'kustomized' ? 'by-' : ''}${key}-${kind}`, '.data.says'))
  /** Everything but pods, which a change of their template replaces. */
  const uids = (): readonly string[] =>
    cluster
      .kubectl(
        '--namespace',
        'dev',
        'get',
        'deployments,replicasets,services,configmaps',
        '--output',
        'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.uid}{"\\n"}{end}',
      )
      .split('\n')

  it('is asked for by sync: what somebody else pushed is there, though git here has not heard of it', async () => {
    for (const key of ['a', 'f']) await pushElsewhere(`${key}/files/a.yaml`, 'says: two', 'says: three')
    const synced = await cluster.json<{ services: readonly { result: string }[] }>(['sync', 'a-files', 'f-files'])
    expect(synced.services.map(({ result }) => result)).toEqual(['updated', 'updated'])
    expect(says('files')).toEqual(['three', 'three'])
  })

  it('is followed by sync --watch: a save is said to change nothing, a push is carried out', async () => {
    spawnSync('git', ['-C', folder, 'update-ref', 'refs/remotes/origin/main', 'HEAD'])
    const running = cluster.start(['sync', 'a-files', 'f-files', '--watch'])
    await running.shown('what is saved counts there once it is pushed')
    for (const key of ['a', 'f']) await replaceIn(join(folder, `${key}/files/a.yaml`), 'says: three', 'says: four')
    await running.shown('That is saved here alone')
    expect(says('files')).toEqual(['three', 'three'])
    push()
    await expect.poll(() => says('files'), { timeout: 120_000 }).toEqual(['four', 'four'])
    running.kill('SIGINT')
    await running.ended
  })

  it('is the commit of before after a rollback, and what the branch holds with the next up', async () => {
    for (const key of ['a', 'f']) {
      await replaceIn(join(folder, `${key}/chart/values.yaml`), 'own: one', 'own: six')
      await replaceIn(join(folder, `${key}/kustomized/a.yaml`), 'says: one', 'says: six')
    }
    push()
    await up()
    for (const kind of ['chart', 'kustomized']) {
      for (const key of ['a', 'f'])
        expect(await cluster.json(['rollback', `${key}-${kind}`])).not.toHaveProperty('error')
      expect(says(kind).map((text) => text.split(' ')[0])).toEqual(['one', 'one'])
    }
    await up()
    expect([...says('chart'), ...says('kustomized')].map((text) => text.split(' ')[0])).toEqual(Array(4).fill('six'))
    expect(touched(await up())).toEqual([])
  })

  it('goes on running while it is deployed from the files here, directly, and from its remote again', async () => {
    const before = uids()
    const there = (): void => expect(uids()).toEqual(expect.arrayContaining([...before]))
    const releases = (): string =>
      cluster.kubectl('--namespace', 'dev', 'get', 'secrets', '--selector', 'owner=helm', '--output', 'name')
    const file = join(folder, 'kindup.yaml')
    await replaceIn(file, 'source: remote', 'source: worktree')
    await up()
    there()
    expect(releases()).toBe('')
    await replaceIn(file, 'source: worktree', 'source: remote')
    await up()
    there()
    const asItWas = await readFile(file, 'utf8')
    await writeFile(file, asItWas.replaceAll(/, gitops: \{[^}]*\}/g, ''))
    await up()
    there()
    await writeFile(file, asItWas)
    await up()
    there()
    expect(touched(await up())).toEqual([])
  })

  /** How many of the six services their controllers read from where the file says by now. */
  const moved = (to: 'worktree' | 'remote'): number => {
    const sources = cluster.kubectl(
      'get',
      'applications.argoproj.io,kustomizations.kustomize.toolkit.fluxcd.io,helmreleases.helm.toolkit.fluxcd.io',
      '--all-namespaces',
      '--output',
      'jsonpath={range .items[*]}{.spec.source.repoURL}{.spec.sourceRef.kind}{.spec.chart.spec.sourceRef.kind}{"\\n"}{end}',
    )
    const isThere = to === 'worktree' ? /^oci:|^OCIRepository$/ : /^http:|^GitRepository$/
    return sources.split('\n').filter((line) => isThere.test(line)).length
  }

  it('goes on running where a move from one to the other is killed, at whatever moment', async () => {
    const before = uids().filter((line) => /^Deployment|^Service/.test(line))
    const file = join(folder, 'kindup.yaml')
    let from: 'worktree' | 'remote' = 'remote'
    for (const most of [1, 3, 6, 1, 3, 6]) {
      const to: 'worktree' | 'remote' = from === 'remote' ? 'worktree' : 'remote'
      await replaceIn(file, `source: ${from}`, `source: ${to}`)
      const running = cluster.start(['up'])
      await expect.poll(() => moved(to), { timeout: 240_000, interval: 100 }).toBeGreaterThanOrEqual(most)
      running.kill('SIGKILL')
      await running.ended
      await up()
      expect([moved(to), uids()]).toEqual([6, expect.arrayContaining(before)])
      expect(touched(await up())).toEqual([])
      from = to
    }
  })

  it('says that its git server is gone, changes nothing, and is as pushed once that is back', async () => {
    const before = uids()
    server.offline(true)
    for (const key of ['a', 'f']) await replaceIn(join(folder, `${key}/files/a.yaml`), 'says: four', 'says: seven')
    push()
    for (const only of ['service/a-files@dev', 'service/f-files@dev']) {
      const { error } = await cluster.json<{ error: { message: string } }>(['up', '--only', only])
      expect(error.message).toContain(server.url)
    }
    expect([uids(), says('files')]).toEqual([before, ['four', 'four']])
    server.offline(false)
    await up()
    expect(says('files')).toEqual(['seven', 'seven'])
  })

  it('goes with all that was brought though no controller runs', async () => {
    cluster.kubectl('--namespace', 'argocd', 'scale', 'statefulset', '--all', '--replicas=0')
    cluster.kubectl(
      '--namespace',
      'flux-system',
      'scale',
      'deployment',
      'kustomize-controller',
      'helm-controller',
      '--replicas=0',
    )
    for (const key of ['a', 'f'])
      for (const kind of ['chart', 'kustomized', 'files'])
        expect(await cluster.json(['undeploy', `${key}-${kind}`])).toMatchObject({
          warnings: expect.arrayContaining([expect.stringContaining('hung on')]),
        })
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/dev')
  })
})
