import { describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../cluster/kube/kube.ts'
import { applicationOf, applicationRef } from '../../../gitops/argocd/application.ts'
import { goOn } from '../../../gitops/argocd/remove.ts'
import { forArgo } from '../../../gitops/argocd/protect.ts'
import { stateOf } from '../../../gitops/argocd/state.ts'
import { syncVerdict } from '../../../gitops/argocd/verdict.ts'
import type { Delivery } from '../../../gitops/delivery.ts'
import { makerOf } from '../../../gitops/argocd/take-over.ts'
import { ownedBy, partOwnedBy } from '../../../gitops/hand-over.ts'

const delivery: Delivery = {
  tool: 'argocd',
  home: 'argocd',
  name: 'web-dev',
  repository: 'kindup/shop/web/dev',
  port: 5001,
}
const digest = `sha256:${'a'.repeat(64)}`

const application = (status: Readonly<Record<string, unknown>>, spec = {}): KubeObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web-dev', namespace: 'argocd' },
  spec,
  status,
})

const ended = (phase: string, more: Readonly<Record<string, unknown>> = {}) => ({
  phase,
  message: `it ${phase}`,
  startedAt: '2026-11-26T15:00:00Z',
  operation: { info: [{ name: 'kindup.dev/request', value: 'one' }], sync: { revision: digest } },
  ...more,
})

const asked = { digest, request: 'one', before: undefined, isOld: false }
const verdictOf = (status: Readonly<Record<string, unknown>>, more: Partial<typeof asked> = {}) =>
  syncVerdict(stateOf(application(status)), { ...asked, ...more })

describe('how far Argo CD has come', () => {
  it('is done once the request is answered and nothing differs', () => {
    const sync = { status: 'Synced', revision: digest }
    expect(verdictOf({ sync, operationState: ended('Succeeded') })).toEqual({ done: { restless: [] } })
    // The answer to another one, for something else.
    const other = ended('Succeeded', { operation: { sync: { revision: 'sha256:b' } } })
    expect(verdictOf({ sync, operationState: other })).toHaveProperty('waiting')
    expect(verdictOf({})).toEqual({ waiting: 'Argo CD has not looked at it yet' })
  })

  it('takes a sync of its own for the answer, where the request came while another sync ran', () => {
    const own = ended('Succeeded', { operation: { sync: { revision: digest } } })
    const status = { sync: { status: 'Synced', revision: digest }, operationState: own }
    expect(verdictOf(status)).toHaveProperty('done')
    // The one of before is none.
    const before = stateOf(application(status))
    expect(syncVerdict(before, { ...asked, before })).toHaveProperty('waiting')
  })

  it('fails with what could not be applied', () => {
    const resources = [
      { group: 'apps', kind: 'Deployment', namespace: 'dev', name: 'web', status: 'SyncFailed', message: 'no' },
      { kind: 'ConfigMap', namespace: 'dev', name: 'page', status: 'Synced', message: 'made' },
      {
        group: 'batch',
        kind: 'Job',
        namespace: 'dev',
        name: 'migrate',
        hookPhase: 'Failed',
        hookType: 'PreSync',
        message: 'exit 1',
      },
    ]
    expect(verdictOf({ operationState: ended('Failed', { syncResult: { resources } }) })).toMatchObject({
      broken: {
        message: 'it Failed',
        of: [
          { name: 'web', message: 'no' },
          { name: 'migrate', hook: 'PreSync' },
        ],
      },
    })
  })

  it('waits with the words of Argo CD, and ends on what will not heal', () => {
    const conditions = [{ type: 'ComparisonError', message: 'connection refused', lastTransitionTime: 't1' }]
    const status = { sync: { status: 'Unknown' }, conditions }
    expect(verdictOf(status)).toEqual({ waiting: 'connection refused' })
    expect(verdictOf(status, { isOld: true })).toMatchObject({
      broken: { message: 'ComparisonError: connection refused' },
    })
    // It was so before it was asked.
    const before = stateOf(application(status))
    expect(syncVerdict(before, { ...asked, before, isOld: true })).toEqual({ waiting: 'Argo CD says Unknown' })
    const invalid = { conditions: [{ type: 'InvalidSpecError', message: 'no project' }] }
    expect(verdictOf(invalid)).toMatchObject({ broken: { message: 'InvalidSpecError: no project' } })
    const blocked = { operationState: ended('Running', { message: 'Sync operation blocked by sync window' }) }
    expect(verdictOf(blocked)).toMatchObject({ broken: { message: expect.stringContaining('sync window') } })
  })

  it('fails on a closed sync window at once, and on what an earlier run was told of one only where that goes on', () => {
    const status = { operationState: ended('Running', { message: 'Sync operation blocked by sync window' }) }
    expect(verdictOf(status)).toMatchObject({ broken: { message: expect.stringContaining('sync window') } })
    const before = stateOf(application(status))
    const again = (isStill: boolean) => syncVerdict(before, { ...asked, before, isStill })
    expect(again(false)).toHaveProperty('waiting')
    expect(again(true)).toHaveProperty('broken')
  })

  it('names what somebody else keeps changing, and waits for no end of that', () => {
    const resources = [{ kind: 'Service', namespace: 'dev', name: 'web', status: 'OutOfSync' }]
    const status = {
      sync: { status: 'OutOfSync', revision: digest },
      resources,
      operationState: ended('Succeeded'),
    }
    expect(verdictOf(status)).toEqual({ waiting: 'it Succeeded' })
    expect(verdictOf(status, { isOld: true })).toMatchObject({ done: { restless: [{ kind: 'Service', name: 'web' }] } })
  })
})

describe('an Application', () => {
  const wanted = { delivery, digest, namespace: 'dev', labels: {}, request: 'one' }

  it('is synced at once, kept as it is, and takes what it deployed along when it goes', () => {
    expect(applicationOf({ ...wanted, scaled: [] })).toMatchObject({
      metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
      spec: {
        source: { repoURL: 'oci://kindup-registry:5001/kindup/shop/web/dev', targetRevision: digest },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
      operation: { sync: { revision: digest, prune: true } },
    })
  })

  it('has Argo CD ask the API what differs where kinds are not built in: it knows no defaults of those', () => {
    const options = (parts: object, annotations?: Readonly<Record<string, string>>) =>
      applicationOf({
        ...wanted,
        scaled: [],
        ...(annotations ? { delivery: { ...delivery, application: { spec: {}, labels: {}, annotations } } } : {}),
        ...parts,
      }).metadata.annotations?.['argocd.argoproj.io/compare-options']
    const own = (text: string) => ({ 'argocd.argoproj.io/compare-options': text })
    expect(options({})).toBeUndefined()
    expect(options({ hasCustomKinds: true })).toBe('ServerSideDiff=true')
    expect(options({ hasCustomKinds: true }, own('IgnoreExtraneous'))).toBe('IgnoreExtraneous,ServerSideDiff=true')
    expect(options({ hasCustomKinds: true }, own('ServerSideDiff=false'))).toBe('ServerSideDiff=false')
  })

  it('leaves the number of replicas to an autoscaler', () => {
    const scaled = [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'web' }]
    expect(applicationOf({ ...wanted, scaled })['spec']).toMatchObject({
      ignoreDifferences: [
        { group: 'apps', kind: 'Deployment', namespace: 'dev', name: 'web', jsonPointers: ['/spec/replicas'] },
      ],
    })
  })
})

describe('what Argo CD gets', () => {
  const options = 'argocd.argoproj.io/sync-options'
  const object = (apiVersion: string, kind: string, annotations?: Readonly<Record<string, string>>): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: 'x', ...(annotations ? { annotations } : {}) },
  })
  const optionsOf = (one: KubeObject) => forArgo([one])[0]?.metadata.annotations?.[options]

  it('is not to be deleted by it where others may be in it, or data is', () => {
    expect(optionsOf(object('v1', 'Namespace'))).toBe('Prune=false,Delete=false')
    expect(optionsOf(object('apiextensions.k8s.io/v1', 'CustomResourceDefinition'))).toBe('Prune=false,Delete=false')
    expect(optionsOf(object('v1', 'PersistentVolumeClaim'))).toBe('Prune=false')
    expect(optionsOf(object('v1', 'ConfigMap'))).toBeUndefined()
    // What the user says goes first.
    expect(optionsOf(object('v1', 'Namespace', { [options]: 'Prune=true, Replace=true' }))).toBe(
      'Prune=true,Replace=true,Delete=false',
    )
  })

  it('has no tests of charts in it', () => {
    expect(forArgo([object('v1', 'Pod', { 'helm.sh/hook': 'test' })])).toEqual([])
    expect(forArgo([object('v1', 'Pod', { 'helm.sh/hook': 'test-success' })])).toEqual([])
    expect(forArgo([object('batch/v1', 'Job', { 'helm.sh/hook': 'pre-install' })])).toHaveLength(1)
  })
})

describe('handing fields from one deployer to another', () => {
  const fields = (name: string) => ({ 'f:data': { [`f:${name}`]: {} } })
  const entry = (manager: string, how: string, name: string, subresource?: string) => ({
    manager,
    operation: how,
    fieldsV1: fields(name),
    ...(subresource === undefined ? {} : { subresource }),
  })

  it('makes one owner of all that deployers set, and leaves everybody else what is theirs', () => {
    const others = [entry('kube-controller-manager', 'Update', 'c'), entry('kindup', 'Update', 'd', 'scale')]
    expect(
      ownedBy([entry('helm', 'Update', 'a'), ...others, entry('kindup', 'Apply', 'b')], 'argocd-controller'),
    ).toEqual([
      {
        manager: 'argocd-controller',
        operation: 'Apply',
        fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } },
      },
      ...others,
    ])
  })

  it('changes nothing where it is so already', () => {
    expect(ownedBy([entry('kindup', 'Apply', 'a')], 'kindup')).toBeUndefined()
    expect(ownedBy([entry('somebody', 'Apply', 'a')], 'kindup')).toBeUndefined()
  })
})

describe('an Application that somebody applied by hand', () => {
  const byHand = {
    manager: 'kubectl-client-side-apply',
    operation: 'Update',
    fieldsV1: { 'f:metadata': { 'f:labels': {} }, 'f:spec': { 'f:source': { 'f:helm': { 'f:valueFiles': {} } } } },
  }
  const controller = { manager: 'argocd-application-controller', operation: 'Update', fieldsV1: { 'f:status': {} } }
  const ours = { manager: 'kindup', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:project': {} } } }

  it('is kindup’s from then on, in all that it asks for', () => {
    expect(partOwnedBy([byHand, controller, ours], 'f:spec', 'kindup')).toEqual([
      { ...ours, fieldsV1: { 'f:spec': { 'f:project': {}, 'f:source': { 'f:helm': { 'f:valueFiles': {} } } } } },
      { ...byHand, fieldsV1: { 'f:metadata': { 'f:labels': {} } } },
      controller,
    ])
    expect(partOwnedBy([byHand], 'f:spec', 'kindup')?.map(({ manager }) => manager)).toEqual([
      'kindup',
      'kubectl-client-side-apply',
    ])
    expect(partOwnedBy([controller, ours], 'f:spec', 'kindup')).toBeUndefined()
  })

  it('names what in the cluster would write it back', () => {
    const live = (metadata: object): KubeObject => {
      const one = application({})
      return { ...one, metadata: { ...one.metadata, ...metadata } }
    }
    const id = 'argocd.argoproj.io/tracking-id'
    expect(makerOf(live({ ownerReferences: [{ kind: 'ApplicationSet', name: 'shop' }] }))).toMatchObject({
      kind: 'ApplicationSet',
      name: 'shop',
    })
    const byParent = { annotations: { [id]: 'all:argoproj.io/Application:argocd/web-dev' } }
    expect(makerOf(live(byParent))).toMatchObject({ kind: 'Application', name: 'all' })
    // A copy of what another Application deploys.
    expect(makerOf(live({ annotations: { [id]: 'all:argoproj.io/Application:argocd/other' } }))).toBeUndefined()
    expect(makerOf(live({}))).toBeUndefined()
  })
})

describe('an Application that is taken away', () => {
  const patchesOf = async (live: KubeObject): Promise<readonly unknown[]> => {
    const patches: unknown[] = []
    const kube = {
      get: () => Promise.resolve(live),
      mergePatch: (_ref: unknown, patch: unknown) => Promise.resolve(void patches.push(patch)),
    }
    await goOn(kube as unknown as Kube, applicationRef(delivery))
    return patches
  }

  it('is neither paused nor waits for a sync that a sync window keeps from ending', async () => {
    const syncing: KubeObject & { readonly operation: object } = { ...application({}), operation: { sync: {} } }
    expect(await patchesOf(syncing)).toEqual([{ operation: null }])
    const paused = {
      annotations: { 'argocd.argoproj.io/skip-reconcile': 'true' },
      name: 'web-dev',
      namespace: 'argocd',
    }
    expect(await patchesOf({ ...application({}), metadata: paused })).toEqual([
      { metadata: { annotations: { 'argocd.argoproj.io/skip-reconcile': null } } },
    ])
    expect(await patchesOf(application({}))).toEqual([])
  })
})
