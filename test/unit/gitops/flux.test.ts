import { describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../cluster/kube/kube.ts'
import type { Context } from '../../../core/step.ts'
import type { Delivery } from '../../../gitops/delivery.ts'
import { fluxTrouble } from '../../../gitops/flux/controllers.ts'
import { driftedAmong } from '../../../gitops/flux/drift.ts'
import { failureOf } from '../../../gitops/flux/failure.ts'
import { forFlux } from '../../../gitops/flux/for-flux.ts'
import { probeApplied } from '../../../gitops/flux/probe.ts'
import { kustomizationOf, kustomizationRef, sourceOf, sourceRef } from '../../../gitops/flux/objects.ts'
import { refuseOthers } from '../../../gitops/flux/others.ts'
import { refuseForeign } from '../../../gitops/refuse-foreign.ts'
import { stateOf } from '../../../gitops/flux/state.ts'
import { awaitSource } from '../../../gitops/flux/sync.ts'
import { kustomizationVerdict, sourceVerdict } from '../../../gitops/flux/verdict.ts'
import { handOver } from '../../../gitops/hand-over.ts'

const delivery: Delivery = {
  tool: 'flux',
  home: 'flux-system',
  name: 'web-dev',
  repository: 'kindup/shop/web/dev',
  port: 5001,
}
const digest = `sha256:${'a'.repeat(64)}`
const asked = { digest, request: 'one' }

type Fields = Readonly<Record<string, unknown>>
const object = (kind: string, more: Fields = {}, metadata: Fields = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  ...more,
  metadata: { name: 'x', ...metadata },
})
const condition = (type: string, status: string, reason: string, message: string) => ({ type, status, reason, message })
const says = (status: Fields, spec: Fields = {}) => stateOf(object('Kustomization', { spec, status }))
const verdictOf = (status: Fields) => kustomizationVerdict(says(status), asked)
const ready = {
  lastHandledReconcileAt: 'one',
  lastAppliedRevision: digest,
  conditions: [condition('Ready', 'True', 'ReconciliationSucceeded', `Applied revision: ${digest}`)],
}

const running = (component: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: component,
    namespace: 'flux-system',
    generation: 1,
    labels: { 'app.kubernetes.io/component': component },
  },
  spec: { replicas: 1 },
  status: {
    observedGeneration: 1,
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    availableReplicas: 1,
    conditions: [{ type: 'Available', status: 'True' }],
  },
})

describe('how far Flux has come', () => {
  it('holds the artifact that it was asked for, or says why not', () => {
    const of = (status: Fields) => sourceVerdict(says(status), asked)
    expect(of({})).toEqual({ waiting: 'Flux has not looked at its source yet' })
    expect(of({ lastHandledReconcileAt: 'one', artifact: { revision: `latest@${digest}` } })).toEqual({
      done: undefined,
    })
    // What it held before.
    expect(of({ lastHandledReconcileAt: 'one', artifact: { revision: 'sha256:b' } })).toHaveProperty('waiting')
    const away = [condition('FetchFailed', 'True', 'OCIPullFailed', 'dial tcp: connection refused')]
    expect(of({ lastHandledReconcileAt: 'one', conditions: away })).toEqual({ waiting: 'dial tcp: connection refused' })
    const invalid = [condition('Stalled', 'True', 'URLInvalid', 'URL validation failed')]
    expect(of({ lastHandledReconcileAt: 'one', conditions: invalid })).toEqual({ failed: 'URL validation failed' })
  })

  it('has failed once it says the same for long, from whatever port it asked', async () => {
    let port = 40_000
    const message = (): string => `dial tcp: lookup registry: read udp 10.244.0.5:${port++}->10.96.0.10:53: i/o timeout`
    const kube = {
      get: () => {
        const conditions = [condition('FetchFailed', 'True', 'OCIArtifactPullFailed', message())]
        return Promise.resolve(object('OCIRepository', { status: { lastHandledReconcileAt: 'one', conditions } }))
      },
      list: ({ kind }: { kind: string }) =>
        Promise.resolve(kind === 'Deployment' ? ['source-controller', 'kustomize-controller'].map(running) : []),
    } as unknown as Kube
    const ctx = { signal: new AbortController().signal, timeoutMs: 3_000, report: () => undefined }
    const parcel = { delivery, placeOf: () => undefined }
    await expect(
      awaitSource(kube, { parcel, digest, request: 'one' }, ctx as unknown as Context, 20),
    ).rejects.toMatchObject({
      code: 'sync-failed',
      message: expect.stringContaining('Flux cannot read web-dev: dial tcp: lookup registry'),
    })
  })

  it('is done once the request is answered and that artifact is applied', () => {
    expect(verdictOf(ready)).toEqual({ done: undefined })
    expect(verdictOf({ ...ready, lastAppliedRevision: 'sha256:b' })).toHaveProperty('waiting')
    expect(verdictOf({})).toEqual({ waiting: 'Flux has not looked at it yet' })
    const doing = [condition('Reconciling', 'True', 'Progressing', `Building manifests for revision ${digest}`)]
    expect(verdictOf({ conditions: doing })).toEqual({
      waiting: 'Building manifests for revision sha256:aaaaaaaaaaaa…',
    })
    // That it is ready with what it had before is no news.
    expect(verdictOf({ ...ready, lastHandledReconcileAt: 'before' })).toEqual({
      waiting: 'Flux has not looked at it yet',
    })
  })

  it('fails with what could not be applied of that artifact alone', () => {
    const message =
      'ConfigMap/dev/another dry-run failed (Forbidden): configmaps "another" is forbidden: exceeded quota\n\nService/dev/web created'
    const failed = {
      lastHandledReconcileAt: 'one',
      lastAttemptedRevision: digest,
      conditions: [condition('Ready', 'False', 'ReconciliationFailed', message)],
    }
    expect(verdictOf(failed)).toEqual({
      broken: {
        message: 'configmaps "another" is forbidden: exceeded quota',
        of: { kind: 'ConfigMap', namespace: 'dev', name: 'another', group: undefined },
        isPassing: false,
      },
    })
    expect(verdictOf({ ...failed, lastAttemptedRevision: 'sha256:b' })).toHaveProperty('waiting')
  })
})

it.each([
  ['ClusterRole/all dry-run failed (Invalid): no', { kind: 'ClusterRole', namespace: '', name: 'all' }, 'no', false],
  ['Deployment/dev/web apply failed: x', { kind: 'Deployment', namespace: 'dev', name: 'web' }, 'x', false],
  ['kustomize build failed: two of one id', undefined, 'kustomize build failed: two of one id', false],
  [
    'Ingress/dev/web dry-run failed (InternalError): failed calling webhook "v": connection refused',
    { kind: 'Ingress', namespace: 'dev', name: 'web' },
    'failed calling webhook "v": connection refused',
    true,
  ],
])('reads %j', (text, of, message, isPassing) => {
  const named = of && { ...of, group: undefined }
  expect(failureOf(text, 'ReconciliationFailed')).toEqual({ message, isPassing, of: named })
})

it('asks for one digest, prunes, and is not suspended', () => {
  const wanted = { delivery, labels: { a: 'b' }, request: 'one' }
  expect(sourceOf(digest, wanted)).toMatchObject({
    metadata: { name: 'web-dev', namespace: 'flux-system', annotations: { 'reconcile.fluxcd.io/requestedAt': 'one' } },
    spec: { url: 'oci://kindup-registry:5001/kindup/shop/web/dev', ref: { digest }, insecure: true },
  })
  expect(kustomizationOf(wanted)).toMatchObject({
    spec: { sourceRef: { kind: 'OCIRepository', name: 'web-dev' }, prune: true, suspend: false },
  })
})

describe('what Flux gets', () => {
  const dependencies = { namespace: 'dev', scaled: [], isNamespaced: ({ kind }: KubeObject) => kind !== 'Namespace' }
  const prune = 'kustomize.toolkit.fluxcd.io/prune'

  it('has a namespace of its own each, and is not to be deleted by it where others may be in it, or data is', () => {
    const [page, own, home, claim] = forFlux(
      [
        object('ConfigMap'),
        object('ConfigMap', {}, { namespace: 'other' }),
        object('Namespace', {}, { namespace: 'dev' }),
        object('PersistentVolumeClaim', {}, { annotations: { [prune]: 'enabled' } }),
      ],
      dependencies,
    )
    expect([page?.metadata, own?.metadata.namespace]).toEqual([{ name: 'x', namespace: 'dev' }, 'other'])
    expect(home?.metadata).toEqual({ name: 'x', annotations: { [prune]: 'disabled' } })
    // What the user says goes first.
    expect(claim?.metadata.annotations).toEqual({ [prune]: 'enabled' })
  })

  it('has no hooks in it, and no number of replicas that an autoscaler holds', () => {
    const web = object('Deployment', { apiVersion: 'apps/v1', spec: { replicas: 2, paused: false } })
    const scaled = [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'x' }]
    const hook = object('Job', {}, { annotations: { 'helm.sh/hook': 'pre-install' } })
    expect(forFlux([web, hook], { ...dependencies, scaled }).map(({ spec }) => spec)).toEqual([{ paused: false }])
    expect(forFlux([web], dependencies).map(({ spec }) => spec)).toEqual([{ replicas: 2, paused: false }])
  })

  it('leaves the number of replicas as it is when it takes the rest over', async () => {
    const fieldsV1 = { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }
    const managedFields = [{ manager: 'kindup', operation: 'Apply', apiVersion: 'apps/v1', fieldsV1 }]
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'x' }
    let patched: unknown
    const kube = {
      get: () => Promise.resolve(object('Deployment', {}, { managedFields })),
      mergePatch: (_ref: unknown, patch: { metadata: { managedFields: unknown } }) => {
        patched = patch.metadata.managedFields
        return Promise.resolve(object('Deployment'))
      },
    } as unknown as Kube
    await handOver(kube, [ref], 'kustomize-controller', [ref])
    expect(patched).toMatchObject([
      { manager: 'kustomize-controller', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
      { manager: 'kindup-autoscaled', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ])
  })
})

describe('what differs from the source', () => {
  const page = object('ConfigMap', { data: { a: '1' } }, { namespace: 'dev' })
  const kubeOf = (live: KubeObject | undefined): Kube =>
    ({
      get: () => Promise.resolve(live),
      tryApply: (one: KubeObject) =>
        Promise.resolve({ ...live, ...one, metadata: { ...live?.metadata, ...one.metadata, resourceVersion: '9' } }),
    }) as unknown as Kube
  const drifted = async (live: KubeObject | undefined) =>
    (await driftedAmong(kubeOf(live), [page])).map(({ kind }) => kind)
  const lives = (data: Fields, metadata: Fields = {}) =>
    object('ConfigMap', { data }, { namespace: 'dev', resourceVersion: '3', ...metadata })

  it('is what an apply would change, and nothing that is written beside it', async () => {
    expect(await drifted(lives({ a: '1' }))).toEqual([])
    expect(await drifted(lives({ a: '2' }))).toEqual(['ConfigMap'])
    expect(await drifted(lives({ a: '1' }, { generation: 4, labels: { other: 'x' } }))).toEqual([])
    // What is not there is said by who looks for it.
    expect(await drifted(undefined)).toEqual([])
  })

  it('is not what kindup notes on a Job, of secrets that it knew when it handed it over', async () => {
    const noted = (hash: string): KubeObject =>
      object('Job', {}, { annotations: { 'kindup.dev/spec': hash, own: 'x' } })
    expect(await driftedAmong(kubeOf(noted('with-the-secret')), [noted('without')])).toEqual([])
  })

  it('is nothing where Flux is told to leave it alone', async () => {
    const annotations = { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' }
    expect(await drifted(lives({ a: '2' }, { annotations }))).toEqual([])
  })
})

describe('how a service stands that Flux deploys', () => {
  const wanted = { delivery, labels: {}, request: 'one' }
  const probe = async (change: Fields = {}, without?: string): Promise<string> => {
    const kube = {
      get: ({ kind }: { kind: string }) =>
        Promise.resolve(
          kind === without
            ? undefined
            : kind === 'OCIRepository'
              ? sourceOf(digest, wanted)
              : { ...kustomizationOf(wanted), status: ready, ...change },
        ),
    } as unknown as Kube
    const status = await probeApplied(kube, {
      delivery,
      objects: undefined,
      namespace: 'dev',
      scaled: () => Promise.resolve([]),
    })
    return status.state === 'broken' ? status.why : status.state
  }

  it('is ready, or says in one line what is wrong', async () => {
    expect(await probe()).toBe('ready')
    expect(await probe({}, 'Kustomization')).toBe('Kustomization flux-system/web-dev is gone')
    expect(await probe({}, 'OCIRepository')).toBe('OCIRepository flux-system/web-dev is gone')
    const { spec } = kustomizationOf(wanted) as { spec?: Fields }
    expect(await probe({ spec: { ...spec, suspend: true } })).toMatch(/^Flux is suspended for it/)
    expect(await probe({ spec: { ...spec, sourceRef: { kind: 'GitRepository', name: 'a' } } })).toMatch(
      /deploys something else now$/,
    )
    expect(await probe({ status: { ...ready, lastAppliedRevision: 'sha256:b' } })).toMatch(/has not applied/)
    const conditions = [condition('Ready', 'False', 'BuildFailed', 'kustomize build failed')]
    expect(await probe({ status: { ...ready, conditions } })).toBe('Flux says BuildFailed: kustomize build failed.')
    // It comes by each minute.
    const again = [condition('Ready', 'Unknown', 'Progressing', 'Reconciliation in progress')]
    expect(await probe({ status: { ...ready, conditions: again } })).toBe('ready')
  })
})

it('says which controller is not there or is stopped, and nothing of one that nobody needs', async () => {
  const deployment = (component: string, replicas = 1): KubeObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: component, namespace: 'flux-system', labels: { 'app.kubernetes.io/component': component } },
    spec: { replicas },
  })
  const trouble = (...deployments: readonly KubeObject[]): Promise<string | undefined> =>
    fluxTrouble(
      {
        list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Deployment' ? deployments : []),
      } as unknown as Kube,
      'flux-system',
    )
  expect(await trouble()).toBe('nothing of Flux runs in flux-system')
  expect(await trouble(deployment('source-controller'))).toBe('Flux has no kustomize-controller in flux-system')
  expect(await trouble(deployment('source-controller'), deployment('kustomize-controller', 0))).toBe(
    'Deployment flux-system/kustomize-controller is scaled to 0',
  )
})

it('refuses an object that a Kustomization of somebody else deploys', async () => {
  const entries = [{ id: 'dev_x__ConfigMap', v: 'v1' }]
  // By the label on the object it is ours: it says who applied it last.
  const refused = async (...others: readonly KubeObject[]): Promise<unknown> => {
    const list = ({ kind }: { kind: string }) => Promise.resolve(kind === 'Kustomization' ? others : [])
    const kube = { list } as unknown as Kube
    const placeOf = () => ({ file: 'web.yaml', line: 3, column: 1 })
    const parcel = { delivery, objects: [], namespace: 'dev', labels: { step: 'web' }, scaled: [], placeOf }
    return refuseOthers(kube, parcel, [object('ConfigMap', {}, { namespace: 'dev' })]).catch((error: unknown) => error)
  }
  const apps = object(
    'Kustomization',
    { status: { inventory: { entries } } },
    { name: 'apps', namespace: 'flux-system' },
  )
  const ours = { ...apps, metadata: { name: 'web-dev', namespace: 'flux-system' } }
  expect(await refused(ours, apps)).toMatchObject({
    problems: [{ message: expect.stringContaining('flux-system/apps'), at: { file: 'web.yaml', line: 3 } }],
  })
  expect(await refused(ours)).toBeUndefined()
  expect(await refused({ ...apps, status: {} })).toBeUndefined()
  // What moves from one service to another.
  expect(await refused({ ...apps, metadata: { name: 'x', labels: { step: 'api' } } })).toBeUndefined()
})

it('writes over no object of Flux that is not its own', async () => {
  const refused = (live: KubeObject | undefined) => {
    const kube = { get: () => Promise.resolve(live) } as unknown as Kube
    return refuseForeign(kube, [kustomizationRef(delivery), sourceRef(delivery)], { labels: { step: 'web' } })
  }
  await expect(refused(object('Kustomization'))).rejects.toThrow('kindup did not make it')
  await refused(object('Kustomization', {}, { labels: { step: 'another' } }))
  await refused(undefined)
})
