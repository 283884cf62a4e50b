import { expect, it } from 'vitest'
import { ApiRefusal } from '../../../../cluster/kube/api-refusal.ts'
import type { Kube, KubeObject, Query } from '../../../../cluster/kube/kube.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'
import type { Assessed } from '../../../../cluster/ready/release.ts'
import { makeStillAnswering } from '../../../../cluster/ready/still-answering.ts'
import { waitUntilReady } from '../../../../cluster/ready/wait-until-ready.ts'
import { context } from '../../../support/steps.ts'

const labels = { app: 'web' }
const running = { containerStatuses: [{ name: 'main', state: { running: {} } }] }
const ended = { containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 137 } } }] }
const told = '2026-01-01T00:00:30Z'
/** When it was told to end, by its clock. */
const toldAt = Date.parse('2026-01-01T00:00:00Z')

const pod = (uid: string, set: string, status: object = running, more: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: uid,
      namespace: 'dev',
      uid,
      labels,
      ownerReferences: [{ kind: 'ReplicaSet', uid: set }],
      ...more,
    },
    status,
  }) as unknown as Pod
const ending = { deletionTimestamp: told, deletionGracePeriodSeconds: 30 }
const set = (uid: string): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: uid, namespace: 'dev', uid, ownerReferences: [{ kind: 'Deployment', uid: 'web' }] },
  }) as unknown as KubeObject
const web: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'dev', uid: 'web' },
  spec: { selector: { matchLabels: labels } },
}
const current = pod('current', 'new')
const assessed: readonly Assessed[] = [
  {
    target: { kind: 'Deployment', name: 'web', namespace: 'dev', leaves: false },
    readiness: { is: 'ready' },
    pods: [current],
  },
]
/** Services of the namespace lead to these. */
const leadingTo = (...uids: readonly string[]) => {
  const asked: Query[] = []
  const list = (query: Query): Promise<readonly KubeObject[]> => {
    asked.push(query)
    const endpoints = uids.map((uid) => ({ addresses: ['10.0.0.1'], targetRef: { kind: 'Pod', uid } }))
    return Promise.resolve([
      { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'web-x' }, endpoints },
      { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'none' }, endpoints: null },
    ])
  }
  return { kube: { list } as unknown as Kube, asked }
}
const lineOf = ([one]: readonly Assessed[]): string =>
  one?.readiness.is === 'waiting' ? one.readiness.line : (one?.readiness.is ?? '')

it.each([
  ['a pod that ends', pod('past', 'old', running, ending), 'ready, 1 old still answers'],
  ['a pod that nobody has told to end yet', pod('past', 'old'), 'ready, 1 old still answers'],
  ['a pod whose container has ended', pod('past', 'old', ended, ending), 'ready'],
  ['a pod of another workload with the same labels', pod('past', 'of-another'), 'ready'],
  ['a pod of another namespace', pod('past', 'old', running, { ...ending, namespace: 'e2e' }), 'ready'],
  ['a pod with other labels', pod('past', 'old', running, { ...ending, labels: { app: 'db' } }), 'ready'],
])('is not done while it answers: %s', async (_what, past, line) => {
  const { kube } = leadingTo('current', 'past')
  const look = makeStillAnswering(kube, () => toldAt + 1_000)
  expect(lineOf(await look(assessed, [web, set('new'), set('old'), current, past]))).toBe(line)
})

it('asks nobody where no pod of before runs, and waits for none that no Service leads to', async () => {
  const alone = leadingTo('current', 'past')
  expect(await makeStillAnswering(alone.kube)(assessed, [web, set('new'), current])).toBe(assessed)
  expect(alone.asked).toEqual([])
  const worker = leadingTo('current')
  const objects = [web, set('new'), set('old'), current, pod('past', 'old', running, ending)]
  expect(lineOf(await makeStillAnswering(worker.kube, () => toldAt)(assessed, objects))).toBe('ready')
})

it('waits no longer than anybody may still be led there, whatever time the pod takes to end', async () => {
  const { kube } = leadingTo('past')
  let now = toldAt + 1_000
  const look = makeStillAnswering(kube, () => now)
  const objects = [web, set('new'), set('old'), current, pod('past', 'old', running, ending)]
  expect(lineOf(await look(assessed, objects))).toBe('ready, 1 old still answers')
  now += 2_900
  expect(lineOf(await look(assessed, objects))).toBe('ready, 1 old still answers')
  now += 200
  expect(lineOf(await look(assessed, objects))).toBe('ready')
})

it('does not wait for one that was told to end long ago', async () => {
  const { kube } = leadingTo('past')
  const objects = [web, set('new'), set('old'), current, pod('past', 'old', running, ending)]
  expect(lineOf(await makeStillAnswering(kube, () => toldAt + 31_000)(assessed, objects))).toBe('ready')
})

it('leaves what waits for something else as it is, and Jobs', async () => {
  const { kube, asked } = leadingTo('past')
  const past = pod('past', 'old', running, ending)
  const [one] = assessed
  if (!one) throw new Error('nothing assessed')
  const others: readonly Assessed[] = [
    { ...one, readiness: { is: 'waiting', line: '0/1 ready', pods: [] } },
    { ...one, target: { ...one.target, kind: 'Job' } },
  ]
  expect(await makeStillAnswering(kube, () => toldAt)(others, [web, set('old'), past])).toBe(others)
  expect(asked).toEqual([])
})

it('is done where nobody may ask which pods Services lead to', async () => {
  const refused = new ApiRefusal('no', { status: 403, said: 'forbidden', causes: [] })
  const kube = { list: () => Promise.reject(refused) } as unknown as Kube
  const objects = [web, set('new'), set('old'), current, pod('past', 'old', running, ending)]
  expect(lineOf(await makeStillAnswering(kube, () => toldAt)(assessed, objects))).toBe('ready')
})

it('is part of every wait, which ends with the pod', async () => {
  const gone = Promise.withResolvers<void>()
  const ready = { type: 'Ready', status: 'True' }
  const own = pod('current', 'new', { ...running, conditions: [ready] }, {})
  const containers = [{ name: 'main', readinessProbe: {} }]
  const counts = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
  const deployment = { ...web, metadata: { ...web.metadata, generation: 1 }, status: counts }
  const past = pod('past', 'old', running, ending)
  const held: Readonly<Record<string, readonly KubeObject[]>> = {
    Deployment: [deployment],
    ReplicaSet: [set('new'), set('old')],
    Pod: [{ ...own, spec: { containers } }],
  }
  async function* watch({ kind }: Query): AsyncGenerator<readonly KubeObject[]> {
    yield [...(held[kind] ?? []), ...(kind === 'Pod' ? [{ ...past, metadata: { ...past.metadata, ...now() } }] : [])]
    if (kind !== 'Pod') return
    await gone.promise
    yield held[kind] ?? []
  }
  const now = () => ({ deletionTimestamp: new Date(Date.now() + 30_000).toISOString() })
  const reports: string[] = []
  const report = (line: string): void => {
    reports.push(line)
    gone.resolve()
  }
  const kube = { ...leadingTo('past').kube, watch } as unknown as Kube
  const targets = { objects: [web], namespace: 'dev' }
  await waitUntilReady(kube, targets, { ...context(), report }, { nodesReady: () => true })
  expect(reports).toEqual(['web: ready, 1 old still answers'])
})
