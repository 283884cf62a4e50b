import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { cacheFolder } from '../../core/paths.ts'
import { hostsBefore, localNodeImage, root, whyNoCluster } from '../support/real-cluster.ts'
import { sandbox, type Sandbox } from '../support/sandbox.ts'

const config = join(root, 'test', 'fixtures', 'existing', 'kindup.yaml')
const name = 'kindup-e2e-theirs'
const context = `kind-${name}`

/** A cluster that somebody made by hand, and their kubeconfig. */
type Theirs = AsyncDisposable & {
  readonly home: Sandbox
  readonly kubectl: (args: readonly string[], input?: string) => string
}

const run = (program: string, args: readonly string[], input = ''): string => {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', input, maxBuffer: 64 << 20 })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** One that is there already is taken as it is: KINDUP_E2E_KUBECONFIG and KINDUP_E2E_CONTEXT name it. */
const madeByHand = async (): Promise<Theirs & { readonly context: string }> => {
  const given = process.env['KINDUP_E2E_KUBECONFIG']
  const home = await sandbox({ env: { HOME: process.env['HOME'] ?? '', KINDUP_CACHE: cacheFolder(process.env) } })
  const kubeconfig = home.path('kubeconfig')
  await home.write('hosts', hostsBefore)
  if (given === undefined)
    run(
      'kind',
      [
        'create',
        'cluster',
        '--name',
        name,
        '--image',
        localNodeImage() ?? '',
        '--kubeconfig',
        kubeconfig,
        '--config',
        '-',
      ],
      asTheMachineNeeds(),
    )
  else await home.write('kubeconfig', run('cat', [given]))
  const called = given === undefined ? context : (process.env['KINDUP_E2E_CONTEXT'] ?? '')
  return {
    home,
    context: called,
    kubectl: (args, input) => run('kubectl', ['--kubeconfig', kubeconfig, '--context', called, ...args], input),
    [Symbol.asyncDispose]: async () => {
      if (given === undefined) run('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig])
      await home[Symbol.asyncDispose]()
    },
  }
}

/** kubeadm gives up after a minute, and this machine may have much else to do; kubelets from 1.35 on refuse cgroup v1 until they are told. */
const asTheMachineNeeds = (): string => `
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
kubeadmConfigPatches:
- |
  kind: InitConfiguration
  timeouts: { controlPlaneComponentHealthCheck: 12m0s, kubeletHealthCheck: 8m0s, kubernetesAPICall: 8m0s }
${run('docker', ['info', '--format', '{{.CgroupVersion}}']).trim() === '1' ? '- |\n  kind: KubeletConfiguration\n  failCgroupV1: false\n' : ''}`

/** What they have in it: a namespace that our file names too, and things by names that could be ours. */
const theirs = `
apiVersion: v1
kind: Namespace
metadata: { name: settled, labels: { owner: them } }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: kept, namespace: settled }
data: { a: "1" }
---
apiVersion: v1
kind: Secret
metadata: { name: login, namespace: default }
stringData: { user: them }
`

type Item = {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly generation?: number
  }
}

/** What goes on by itself in every cluster. */
const passing = new Set([
  'Event',
  'Lease',
  'EndpointSlice',
  'Endpoints',
  'PodMetrics',
  'NodeMetrics',
  'ComponentStatus',
])

/** Every object of the cluster with its uid, its labels, annotations and what it says, as far as nobody but people changes that. */
const everything = (cluster: Theirs): readonly string[] => {
  const kinds = cluster.kubectl(['api-resources', '--verbs=list', '-o', 'name']).trim().split('\n')
  const { items } = JSON.parse(
    cluster.kubectl(['get', kinds.join(','), '--all-namespaces', '-o', 'json', '--ignore-not-found']),
  ) as { readonly items: readonly Item[] }
  return items
    .filter(({ kind }) => !passing.has(kind))
    .map((item) => {
      const { metadata, status: _status, ...rest } = item as Item & { readonly status?: unknown }
      const {
        resourceVersion: _version,
        managedFields: _fields,
        ...stays
      } = metadata as Item['metadata'] & Record<'resourceVersion' | 'managedFields', unknown>
      return JSON.stringify({ ...rest, metadata: stays })
    })
    .toSorted()
}

type Document = {
  readonly error?: { readonly code: string; readonly message: string }
  readonly steps: readonly { readonly id: string; readonly result: string }[]
}

describe.skipIf(whyNoCluster([], ['python:3.13-alpine']) !== undefined)('a cluster that is there already', () => {
  it('is used by its context, and is as before once `down` has taken out what was put in', async () => {
    await using cluster = await madeByHand()
    const { home } = cluster
    cluster.kubectl(['apply', '--filename', '-'], theirs)
    cluster.kubectl(['wait', '--for=condition=Ready', 'node', '--all', '--timeout=5m'])
    cluster.kubectl(['wait', '--for=condition=Available', 'deployment', '--all', '--all-namespaces', '--timeout=5m'])
    const before = everything(cluster)
    const bytes = await home.read('kubeconfig')
    const env = { KUBECONFIG: home.path('kubeconfig'), KINDUP_STATE: home.path('state') }
    const kindup = (...args: readonly string[]) => home.kindup([...args, '--config', config], env)
    const sets = ['--set', `cluster.context=${cluster.context}`, '--set', `hosts.file=${home.path('hosts')}`]
    const json = async (...args: readonly string[]): Promise<Document & { readonly healthy?: boolean }> =>
      JSON.parse((await kindup(...args, '--json')).stdout) as Document

    // Nobody has agreed yet, and nobody is asked without a terminal.
    const refused = await json('up', ...sets)
    expect(refused.error?.code).toBe('not-confirmed')
    expect((await json('up', ...sets, '--confirm', 'another')).error?.code).toBe('flags')
    expect(everything(cluster)).toEqual(before)

    const up = await json('up', ...sets, '--yes')
    expect(up).not.toHaveProperty('error')
    expect(up.steps.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'cluster/api',
        'crds',
        'secret/login',
        'image/web',
        'service/web@guest',
        'service/settings@guest',
        'service/settings@settled',
        'hosts',
      ]),
    )
    expect(
      cluster.kubectl(['--namespace', 'settled', 'get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}']),
    ).toBe('blue')
    expect(await home.read('hosts')).toContain('guest.test # kindup guest')
    // Agreed to once.
    const again = await json('up', ...sets)
    expect(new Set(again.steps.map(({ result }) => result))).toEqual(new Set(['unchanged']))
    expect(await json('status')).toMatchObject({ error: { code: 'context-missing' } })
    expect(await json('status', ...sets)).toMatchObject({ healthy: true })
    expect((await kindup('test', ...sets)).code).toBe(0)

    // What is theirs is not taken over.
    cluster.kubectl(['--namespace', 'guest', 'create', 'configmap', 'theirs'])
    expect(
      await json('undeploy', 'settings', '--env', 'settled', '--set', `cluster.context=${cluster.context}`),
    ).not.toHaveProperty('error')
    cluster.kubectl(['--namespace', 'settled', 'create', 'configmap', 'settings'])
    expect((await json('up', ...sets)).error?.message).toContain('things of others by the same names')
    cluster.kubectl(['--namespace', 'settled', 'delete', 'configmap', 'settings'])

    const down = await kindup('down', '--set', `cluster.context=${cluster.context}`)
    expect(down.stderr).toContain('The namespace guest stays: it holds ConfigMap theirs')
    expect(down.code).toBe(0)
    cluster.kubectl(['delete', 'namespace', 'guest', '--wait'])
    expect(everything(cluster)).toEqual(before)
    expect(await home.read('kubeconfig')).toBe(bytes)
    expect(await home.read('hosts')).toBe(hostsBefore)
  })

  it('is refused where its name says production, until the name is given', async () => {
    await using cluster = await madeByHand()
    const { home } = cluster
    await home.write('kubeconfig', (await home.read('kubeconfig')).replaceAll(cluster.context, 'shop-production'))
    const env = { KUBECONFIG: home.path('kubeconfig'), KINDUP_STATE: home.path('state') }
    const args = [
      'up',
      '--config',
      config,
      '--set',
      'cluster.context=shop-production',
      '--no-hosts',
      '--only',
      'crds',
      '--yes',
    ]
    const refused = await home.kindup(args, env)
    expect(refused.stderr).toContain('is protected, because its name has "production"')
    expect((await home.kindup([...args, '--confirm', 'shop-production'], env)).code).toBe(0)
    // Each time again.
    const down = ['down', '--config', config, '--set', 'cluster.context=shop-production', '--yes']
    expect((await home.kindup(down, env)).code).toBe(1)
    expect((await home.kindup([...down, '--confirm', 'shop-production'], env)).code).toBe(0)
  })
})
