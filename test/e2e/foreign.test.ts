import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../support/random-from.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

/** How many services are taken away: KINDUP_REMOVALS. The same seed (KINDUP_SEED) takes the same ones. */
const wanted = Number(process.env['KINDUP_REMOVALS'] ?? 12)
const seed = Number(process.env['KINDUP_SEED'] ?? Date.now() % 1_000_000)
const random = randomFrom(seed)
const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

const environments = ['red', 'green', 'blue', 'theirs'] as const
const services = ['plain', 'chart', 'things'] as const
const pod = { containers: [{ name: 'a', image: 'registry.k8s.io/pause:3.10' }] }
const template = { metadata: { labels: { of: 'them' } }, spec: pod }
const selector = { matchLabels: { of: 'them' } }
const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } }

/** What people and their tools put into a namespace. Nothing of it runs. */
const kinds: readonly (readonly [apiVersion: string, kind: string, more: object])[] = [
  ['v1', 'ConfigMap', { data: { a: '1' } }],
  ['v1', 'Secret', { data: { a: 'MQ==' } }],
  ['v1', 'ServiceAccount', {}],
  ['v1', 'Service', { spec: { ports: [{ port: 80 }] } }],
  ['v1', 'ResourceQuota', { spec: { hard: { pods: '500' } } }],
  ['v1', 'LimitRange', { spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } }],
  ['v1', 'PersistentVolumeClaim', { spec: claim }],
  ['v1', 'PodTemplate', { template }],
  ['v1', 'Pod', { spec: { ...pod, schedulingGates: [{ name: 'example.org/never' }] } }],
  ['v1', 'ReplicationController', { spec: { replicas: 0, selector: { of: 'them' }, template } }],
  ['apps/v1', 'ControllerRevision', { revision: 1, data: {} }],
  ['apps/v1', 'Deployment', { spec: { replicas: 0, selector, template } }],
  ['apps/v1', 'ReplicaSet', { spec: { replicas: 0, selector, template } }],
  ['apps/v1', 'StatefulSet', { spec: { replicas: 0, serviceName: 'a', selector, template } }],
  ['batch/v1', 'Job', { spec: { suspend: true, template: { spec: { ...pod, restartPolicy: 'Never' } } } }],
  [
    'autoscaling/v2',
    'HorizontalPodAutoscaler',
    { spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'x' } } },
  ],
  ['policy/v1', 'PodDisruptionBudget', { spec: { maxUnavailable: 1, selector } }],
  ['rbac.authorization.k8s.io/v1', 'Role', { rules: [] }],
  [
    'rbac.authorization.k8s.io/v1',
    'RoleBinding',
    { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' }, subjects: [] },
  ],
  ['networking.k8s.io/v1', 'Ingress', { spec: { defaultBackend: { service: { name: 'x', port: { number: 80 } } } } }],
  ['networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {} } }],
  ['discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [], ports: [] }],
  ['foreign.example/v1', 'Thing', { spec: { a: '2' } }],
]

/** One of somebody else's, under a name that could be ours, at times with the labels of ours: as a copy has them. */
const foreign = (namespace: string, mark: string): object => {
  const [apiVersion, kind, more] = pick(kinds)
  const names = ['ours', 'data-db', 'chart', 'default', 'sh.helm.release.v1.theirs.v', 'login']
  const copied =
    random() < 0.3 ? { 'kindup.dev/cluster': 'foreign', 'kindup.dev/step': `service.plain_${namespace}` } : {}
  const helm = random() < 0.2 ? { owner: 'helm', name: 'theirs', 'app.kubernetes.io/managed-by': 'Helm' } : {}
  const chosen = pick(names)
  const metadata = {
    name: `${kind === 'Service' ? chosen.replaceAll('.', '-') : chosen}-${mark}`,
    namespace,
    labels: { ...copied, ...helm },
  }
  return { apiVersion, kind, metadata, ...more }
}

type Item = { readonly kind: string; readonly metadata: Readonly<Record<'name' | 'namespace' | 'uid', string>> }
const itemsOf = (json: string): readonly Item[] => (JSON.parse(json) as { readonly items: readonly Item[] }).items

/** Puts some foreign objects into namespaces that are there; answers them by uid. */
const bring = async (
  cluster: RealCluster,
  namespaces: readonly string[],
  round: number,
): Promise<Map<string, string>> => {
  const items = namespaces.flatMap((namespace) =>
    Array.from({ length: Math.floor(random() * 4) }, (_one, index) => foreign(namespace, `${round}-${index}`)),
  )
  if (items.length === 0) return new Map()
  await cluster.home.write('foreign.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
  const manager = pick(['kubectl', 'helm-of-theirs', 'argocd-controller', 'kubectl-client-side-apply'])
  const made = cluster.kubectl(
    'apply',
    '--server-side',
    `--field-manager=${manager}`,
    '--filename',
    cluster.home.path('foreign.json'),
    '--output',
    'json',
  )
  const list = items.length === 1 ? [JSON.parse(made) as Item] : itemsOf(made)
  return new Map(list.map(({ kind, metadata }) => [metadata.uid, `${kind} ${metadata.namespace}/${metadata.name}`]))
}

const resources = [
  'configmaps,secrets,serviceaccounts,services,resourcequotas,limitranges,persistentvolumeclaims,podtemplates,pods',
  'replicationcontrollers,controllerrevisions,deployments,replicasets,statefulsets,jobs,horizontalpodautoscalers',
  'poddisruptionbudgets,roles,rolebindings,ingresses,networkpolicies,endpointslices,things.foreign.example',
].join(',')

describe.skipIf(whyNoCluster([]) !== undefined)('what others put into the namespaces of services', () => {
  it(`stays through ${wanted} removals (seed ${seed})`, { timeout: 0 }, async () => {
    console.info(`${wanted} removals of KINDUP_REMOVALS, KINDUP_SEED=${seed}`)
    const folder = await mkdtemp(join(tmpdir(), 'kindup-foreign-'))
    await cp(join(root, 'test', 'fixtures', 'foreign'), folder, { recursive: true })
    const config = join(folder, 'kindup.yaml')
    const file = await readFile(config, 'utf8')
    await using cluster = await realCluster('kindup-e2e-foreign', config)
    const namespaces = () =>
      cluster.kubectl('get', 'namespaces', '--output', 'jsonpath={.items[*].metadata.name}').split(' ')
    const theirs = new Map<string, string>()
    /** Of which namespaces somebody has something. */
    const held = new Set<string>(['theirs'])
    let removals = 0
    let left = 0
    try {
      expect((await cluster.kindup(['up', '--only', 'service/kinds'])).code).toBe(0)
      // One namespace is there before kindup uses it.
      cluster.kubectl('create', 'namespace', 'theirs')
      for (let round = 1; removals < wanted; round += 1) {
        const up = await cluster.kindup(['up'])
        expect(up.stderr).not.toContain('✗')
        expect(up.code).toBe(0)
        for (const [uid, what] of await bring(
          cluster,
          environments.filter(() => random() < 0.6),
          round,
        )) {
          theirs.set(uid, what)
          held.add(/ (.*)\//.exec(what)?.[1] ?? '')
        }
        const gone = environments.filter(() => random() < 0.6)
        const some = random() < 0.7 ? services : services.filter(() => random() < 0.5)
        if (gone.length === 0 || some.length === 0) continue
        const without = random() < 0.4
        // By the file, which no longer has them, or by hand.
        if (without) await writeFile(config, withoutThem(file, some, gone))
        const ran = await cluster.kindup(
          without ? ['up'] : ['undeploy', ...some, ...gone.flatMap((name) => ['--env', name])],
        )
        expect(ran.code).toBe(0)
        await writeFile(config, file)
        removals += some.flatMap((one) => gone.filter((name) => one !== 'things' || name !== 'theirs')).length
        const there = new Set(
          itemsOf(cluster.kubectl('get', resources, '--all-namespaces', '--output', 'json')).map(
            ({ metadata }) => metadata.uid,
          ),
        )
        expect([...theirs].filter(([uid]) => !there.has(uid)).map(([, what]) => what)).toEqual([])
        const now = namespaces()
        expect(now).toEqual(expect.arrayContaining([...held]))
        // And it is no miracle: what holds nothing of others is gone, unless the file still has a secret in it.
        const emptied = gone.filter(
          (name) => some.length === services.length && !held.has(name) && (!without || name === 'blue'),
        )
        const stayed = emptied.filter((name) => now.includes(name))
        if (stayed.length > 0) console.info(ran.stderr)
        expect(stayed).toEqual([])
        left += emptied.length
        console.info(
          `${round}. ${without ? 'up without' : 'undeploy'} ${some.join(' ')} of ${gone.join(' ')}: ${removals} removals, ${theirs.size} objects of others, none gone; ${left} namespaces taken away`,
        )
        if (left > 0 && held.size === environments.length) clear(cluster, theirs, held)
      }
      // The kinds themselves, with objects of others in them.
      await bring(cluster, ['theirs'], 0)
      expect((await cluster.kindup(['down'])).code).toBe(0)
      expect(cluster.left()).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

/** Others tidy up at times: otherwise no namespace would be empty any more. */
const clear = (cluster: RealCluster, theirs: Map<string, string>, held: Set<string>): void => {
  const namespace = pick(environments.filter((name) => name !== 'theirs'))
  for (const [uid, what] of theirs) {
    const [kind = '', path = ''] = what.split(' ')
    const [within, name = ''] = path.split('/')
    if (within !== namespace) continue
    cluster.kubectl('--namespace', namespace, 'delete', kind, name)
    theirs.delete(uid)
  }
  held.delete(namespace)
}

/** The file without these services in these environments. */
const withoutThem = (file: string, some: readonly string[], gone: readonly string[]): string =>
  file.replaceAll(
    /^ {2}(\w+): (.*)environments: \[(.*?)\](.*)$/gm,
    (line, name: string, before: string, list: string, after: string) => {
      if (!some.includes(name)) return line
      const left = list.split(', ').filter((one) => !gone.includes(one))
      return left.length === 0 ? '' : `  ${name}: ${before}environments: [${left.join(', ')}]${after}`
    },
  )
