import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
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
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { selector: { matchLabels: { app: ${name} } }, template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: web, image: "example/web:1" }] } } }\n`

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

const services = (tool: string, key: string): string =>
  [
    `  ${key}-chart: { deploy: { helm: { chart: ./${key}/chart, values: [./${key}/dev.yaml], set: { set: three } } }, `,
    `  ${key}-kustomized: { deploy: { kustomize: ./${key}/kustomized }, `,
    `  ${key}-files: { deploy: { manifests: [./${key}/files/a.yaml] }, `,
  ]
    .map((line) => `${line}gitops: { tool: ${tool}, source: remote } }\n`)
    .join('')

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
      'kindup.yaml': `name: own-remote\nenvironments: { dev: {} }\nimages: { web: { ref: "registry:3", name: example/web } }\nservices:\n${services('argocd', 'a')}${services('flux', 'f')}`,
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
    expect(get('deployment', 'f-plain', '.spec.template.spec.containers[0].image')).toBe('registry:3')
    expect(() => get('configmap', 'f-other', '.data')).toThrow(/not found/)
    expect(() => get('configmap', 'a-other', '.data')).toThrow(/not found/)
    expect(touched(await up())).toEqual([])
    expect(await cluster.json<{ healthy: boolean }>(['status'])).toMatchObject({ healthy: true })
  })

  it('is what was pushed, with the next up', async () => {
    for (const key of ['a', 'f']) await replaceIn(join(folder, `${key}/files/a.yaml`), 'says: one', 'says: two')
    const plan = await cluster.json<{ problems: readonly { message: string }[] }>(['plan'])
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

  it('goes with all that was brought', async () => {
    for (const key of ['a', 'f'])
      for (const kind of ['chart', 'kustomized', 'files']) await cluster.json(['undeploy', `${key}-${kind}`])
    expect(cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/dev')
  })
})
