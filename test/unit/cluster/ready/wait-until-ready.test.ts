import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { readyNow } from '../../../../cluster/ready/ready-now.ts'
import type { Targets } from '../../../../cluster/ready/targets.ts'
import { waitUntilReady } from '../../../../cluster/ready/wait-until-ready.ts'
import type { ApiServer, ApiServerOptions } from '../../../support/api-server/start-api-server.ts'
import { isRealApi, startApiServer } from '../../../support/api-server/start-api-server.ts'
import { context } from '../../../support/steps.ts'

let folder: string
let server: ApiServer
let kube: Kube

const start = async (options: ApiServerOptions) => {
  server = await startApiServer(options)
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-ready-'))
})
afterEach(async () => {
  await server.stop()
  await rm(folder, { recursive: true })
})

const template = (name: string, more: object = {}) => ({
  metadata: { labels: { app: name } },
  spec: {
    containers: [{ name: 'main', image: `example/${name}:1`, readinessProbe: { httpGet: { port: 80 } } }],
    ...more,
  },
})
const workload = (kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'default' },
  spec: { selector: { matchLabels: { app: name } }, template: template(name, more) },
})
const job = (name: string): KubeObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, namespace: 'default' },
  spec: { backoffLimit: 1, template: template(name, { restartPolicy: 'Never' }) },
})
const targetsOf = (...objects: KubeObject[]): Targets => ({ objects, namespace: 'default' })

const deployed = async (
  objects: readonly KubeObject[],
  more: Partial<Targets> = {},
  nodesReady = true,
  engine = 'docker',
) => {
  for (const object of objects) await kube.apply(object)
  const ctx = context()
  const done = waitUntilReady(kube, { objects, namespace: 'default', ...more }, ctx, {
    what: 'The release',
    nodesReady: () => nodesReady,
    engine,
  })
  return { ctx, done }
}
const failure = async (objects: readonly KubeObject[], engine?: string) => {
  const { done } = await deployed(objects, {}, true, engine)
  return done.then(
    () => expect.unreachable('the wait succeeded'),
    (error: unknown) => error,
  )
}

describe('waiting', () => {
  it('ends when every kind of workload is ready', async () => {
    await start({})
    const objects = [
      workload('Deployment', 'web'),
      workload('StatefulSet', 'db'),
      workload('DaemonSet', 'agent'),
      job('migrate'),
    ]
    const { done } = await deployed(objects)
    await done
    expect(await readyNow(kube, targetsOf(...objects))).toEqual({ state: 'ready' })
  })

  it('is over at once for what has no readiness', async () => {
    await start({})
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' } }
    const { done } = await deployed([settings])
    await done
    expect(server.state.requests.filter(({ query }) => query.includes('watch'))).toEqual([])
  })

  it('goes on until the last one is ready, and says how far it is', async () => {
    await start({ behaviours: { web: 'slow' } })
    const { ctx, done } = await deployed([workload('Deployment', 'web'), workload('StatefulSet', 'db')])
    await expect.poll(() => ctx.reports.at(-1)).toBe('web: 0/1 ready, running, not ready yet')
    expect(await readyNow(kube, targetsOf(workload('Deployment', 'web')))).toEqual({
      state: 'broken',
      why: 'web: 0/1 ready, running, not ready yet',
    })
    server.state.behave('web', 'ready')
    await done
  })

  it('waits for a new revision, not for the old one that still serves', async () => {
    await start({})
    const web = workload('Deployment', 'web')
    await (
      await deployed([web])
    ).done
    server.state.behave('web', 'slow')
    const next = { ...web, spec: { ...(web['spec'] as object), template: template('web', { hostname: 'new' }) } }
    const { ctx, done } = await deployed([next])
    await expect.poll(() => ctx.reports.at(-1)).toMatch(/^web: .*running, not ready yet/)
    server.state.behave('web', 'ready')
    await done
    const pods = server.state.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'default' })
    expect(pods.map(({ spec }) => spec?.['hostname'])).toEqual(['new'])
  })

  // Whether an APIService answers is told by its Service there.
  it.skipIf(isRealApi)('covers APIServices and CustomResourceDefinitions', async () => {
    await start({ behaviours: { 'v1beta1.metrics.k8s.io': 'slow' } })
    const apiService = {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
    }
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'things.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { kind: 'Thing', plural: 'things' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    }
    await kube.apply(apiService)
    const { ctx, done } = await deployed([definition], { apiServices: ['v1beta1.metrics.k8s.io'] })
    await expect
      .poll(() => ctx.reports.at(-1))
      .toBe('v1beta1.metrics.k8s.io: not available: no response from https://10.96.0.9:443')
    server.state.behave('v1beta1.metrics.k8s.io', 'ready')
    await kube.apply({ ...apiService, metadata: { ...apiService.metadata, labels: { seen: 'again' } } })
    await done
  })

  it('goes on over a connection that is cut', async () => {
    await start({ behaviours: { web: 'slow' } })
    const { ctx, done } = await deployed([workload('Deployment', 'web')])
    await expect.poll(() => ctx.reports.at(-1)).toBe('web: 0/1 ready, running, not ready yet')
    server.state.cutConnections()
    server.state.behave('web', 'ready')
    await done
  })

  it('stops with the run', async () => {
    await start({ behaviours: { web: 'slow' } })
    await kube.apply(workload('Deployment', 'web'))
    const stop = new AbortController()
    const ctx = { ...context(stop.signal), report: () => stop.abort() }
    const done = waitUntilReady(kube, targetsOf(workload('Deployment', 'web')), ctx, {
      what: 'web',
      nodesReady: () => true,
    })
    await expect(done).rejects.toMatchObject({ code: 'stopped' })
  })
})

describe('a wait that cannot succeed ends at once', () => {
  it('on an image that is not there', async () => {
    await start({ behaviours: { web: 'image-missing' } })
    expect(await failure([workload('Deployment', 'web')])).toMatchObject({
      code: 'wait-failed',
      message: 'The release: Deployment web: image example/web:1 cannot be pulled: example/web:1: not found',
      hints: [expect.stringContaining('images:')],
    })
  })

  it('on a Job at its limit, with the last words of its pod', async () => {
    await start({ behaviours: { migrate: 'fails' }, logs: { migrate: 'one\ncolumn missing\n' } })
    const error = await failure([job('migrate')])
    expect(error).toMatchObject({
      message: expect.stringMatching(/^The release: Job migrate: failed \(BackoffLimitExceeded/),
    })
    expect(error).toMatchObject({ message: expect.stringContaining('of its log:\n  one\n  column missing') })
  })

  it('on a pod that no node can take, once all nodes are there', async () => {
    await start({})
    expect(await failure([workload('Deployment', 'web', { nodeSelector: { tier: 'x' } })])).toMatchObject({
      message: expect.stringMatching(/no node can ever take pod web-.*: 1 of 1 nodes: no label tier=x$/),
    })
  })

  it('on a program for another kind of processor, which only the log tells', async () => {
    await start({ behaviours: { web: 'crashes' }, logs: { web: 'exec /app: exec format error\n' } })
    expect(await failure([workload('Deployment', 'web')])).toMatchObject({
      message: expect.stringMatching(/web: container main cannot start: its program is for another kind of processor/),
      hints: [expect.stringContaining('docker image inspect'), expect.stringContaining('platform')],
    })
  })

  it('with hints for the engine of the cluster', async () => {
    await start({ behaviours: { web: 'crashes' }, logs: { web: 'exec /app: exec format error\n' } })
    expect(await failure([workload('Deployment', 'web')], 'podman')).toMatchObject({
      hints: [expect.stringMatching(/^podman image inspect/), expect.stringContaining('platform')],
    })
  })

  it('but not while nodes are still to join', async () => {
    await start({})
    const { ctx, done } = await deployed([workload('Deployment', 'web', { nodeSelector: { tier: 'x' } })], {}, false)
    await expect.poll(() => ctx.reports.at(-1)).toMatch(/^web: 0\/1 ready, no node takes it/)
    const [node] = server.state.list({ apiVersion: 'v1', kind: 'Node' })
    server.state.put({ ...node!, metadata: { ...node!.metadata, labels: { tier: 'x' } } })
    await done
  })

  it('says at the end of its time what a container that runs and is not ready says', async () => {
    await start({ behaviours: { web: 'slow' }, logs: { web: 'first\nwaiting for db:5432\n' } })
    const objects = [workload('Deployment', 'web')]
    for (const object of objects) await kube.apply(object)
    const ctx = { ...context(), timeoutMs: 4_000 }
    const done = waitUntilReady(kube, targetsOf(...objects), ctx, { what: 'The release', nodesReady: () => true })
    await expect(done).rejects.toMatchObject({
      code: 'timed-out',
      message: expect.stringMatching(
        /not ready yet\.\nThe last lines of its log:\n {2}first\n {2}waiting for db:5432$/,
      ),
    })
  })

  it('and not on a registry that is away, or a crash that may heal', async () => {
    await start({ behaviours: { web: 'registry-away', db: 'crashes' }, logs: { db: 'first\nno disk' } })
    const { ctx, done } = await deployed([workload('Deployment', 'web'), workload('StatefulSet', 'db')])
    await expect
      .poll(() => ctx.reports.at(-1))
      .toMatch(
        /^web: 0\/1 ready, image example\/web:1 could not be pulled yet: .*timeout · db: 0\/1 ready, container main crashes \(exit code 1\), \d+ restarts: no disk$/,
      )
    server.state.behave('web', 'ready')
    server.state.behave('db', 'ready')
    await done
  })
})

describe('a wait without an end that anybody has to wait for', () => {
  const refused = (owner: KubeObject, message: string) =>
    server.state.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${owner.metadata.name}.1`, namespace: 'default' },
      involvedObject: { kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid },
      reason: 'FailedCreate',
      message,
      lastTimestamp: new Date().toISOString(),
    })

  // Its controller makes the pod there, whatever an event says.
  it.skipIf(isRealApi)('ends when the API refuses the pods of a workload for good, with what to change', async () => {
    await start({ behaviours: { db: 'slow' } })
    const set = workload('StatefulSet', 'db')
    const live = await kube.apply(set)
    refused(
      live,
      'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: small, requested: limits.memory=2Gi, used: limits.memory=0, limited: limits.memory=1Gi',
    )
    expect(await failure([set])).toMatchObject({
      code: 'wait-failed',
      message:
        'The release: StatefulSet db: 0/1 ready, its pods are refused: exceeded quota: small, requested: limits.memory=2Gi, used: limits.memory=0, limited: limits.memory=1Gi',
      hints: [expect.stringContaining('Raise the ResourceQuota small')],
    })
  })
})

describe('a look', () => {
  it('tells absent from broken', async () => {
    await start({})
    const both = [workload('Deployment', 'web'), workload('StatefulSet', 'db')]
    expect(await readyNow(kube, targetsOf(...both))).toEqual({ state: 'absent' })
    await (
      await deployed([both[0]!])
    ).done
    expect(await readyNow(kube, targetsOf(...both))).toEqual({ state: 'broken', why: 'db: not there yet' })
  })

  it('forgives a Job that is gone after its time to live, and hooks', async () => {
    await start({})
    const done = job('migrate')
    const leaves = { ...done, spec: { ...(done['spec'] as object), ttlSecondsAfterFinished: 0 } }
    const hook = { ...done, metadata: { ...done.metadata, annotations: { 'helm.sh/hook': 'pre-install' } } }
    expect(await readyNow(kube, targetsOf(leaves, hook))).toEqual({ state: 'ready' })
  })
})
