import { expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import type { Context } from '../../../../core/step.ts'
import { followObjects } from '../../../../gitops/flux-objects/follow-objects.ts'

const words = 'Service/dev/web dry-run failed (Invalid): port 99999 is too large'
const apps = (conditions: readonly object[]): KubeObject => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'apps', namespace: 'flux-system', generation: 1 },
  spec: {},
  status: { observedGeneration: 1, conditions },
})
const ctx = {
  signal: new AbortController().signal,
  timeoutMs: 10_000,
  report: () => undefined,
  warn: () => undefined,
} as unknown as Context

const parcel = {
  delivery: { tool: 'flux', home: 'flux-system', name: 'all', repository: 'r', port: 5001, objects: {} },
  objects: [apps([])],
  namespace: 'dev',
  labels: {},
  scaled: [],
  placeOf: () => ({ file: 'web.yaml', line: 3 }),
} as const

it('ends on what says the same again and again, though it tries in between', async () => {
  let asked = 0
  const kube = {
    list: ({ kind }: { kind: string }) => {
      if (kind !== 'Kustomization') return Promise.resolve([])
      asked++
      return Promise.resolve([
        asked % 2 === 0
          ? apps([{ type: 'Ready', status: 'Unknown', reason: 'Progressing', message: 'Reconciliation in progress' }])
          : apps([{ type: 'Ready', status: 'False', reason: 'ReconciliationFailed', message: words }]),
      ])
    },
    mergePatch: () => Promise.resolve(apps([])),
  } as unknown as Kube
  const patience = { trouble: 1, askAgain: 0, dependency: 0 }
  await expect(followObjects(kube, { parcel, request: 'one' }, ctx, patience)).rejects.toMatchObject({
    code: 'sync-failed',
    message: 'Flux cannot make Kustomization flux-system/apps so: Service dev/web: port 99999 is too large.',
    problems: [{ at: { file: 'web.yaml', line: 3 } }],
  })
})

it('ends on what several lack, of which each attempt names another one', async () => {
  let asked = 0
  const kube = {
    list: ({ kind }: { kind: string }) =>
      Promise.resolve(
        kind === 'Kustomization'
          ? [
              apps([
                {
                  type: 'Ready',
                  status: 'False',
                  reason: 'ReconciliationFailed',
                  message: `HelmRelease/team/web-${asked++} not found: namespaces "team" not found`,
                },
              ]),
            ]
          : [],
      ),
    mergePatch: () => Promise.resolve(apps([])),
  } as unknown as Kube
  const patience = { trouble: 1, askAgain: 0, dependency: 0 }
  await expect(
    followObjects(kube, { parcel, request: 'one' }, { ...ctx, timeoutMs: 3_600_000 }, patience),
  ).rejects.toMatchObject({
    code: 'sync-failed',
    message: expect.stringContaining('namespaces "team" not found') as unknown,
  })
})

it('has go on what was suspended by hand below, and waits until Flux has looked at it', async () => {
  const ready = { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: '' }
  const entries = [{ id: 'flux-system_below_kustomize.toolkit.fluxcd.io_Kustomization', v: 'v1' }]
  const top = { ...apps([]), status: { observedGeneration: 1, conditions: [ready], inventory: { entries } } }
  const metadata = { name: 'below', namespace: 'flux-system', generation: 1 }
  let below: KubeObject = { ...apps([ready]), metadata, spec: { suspend: true } }
  const kube = {
    list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Kustomization' ? [top, below] : []),
    mergePatch: ({ name }: { name: string }, patch: object) => {
      expect({ name, patch }).toEqual({ name: 'below', patch: { spec: { suspend: null } } })
      below = { ...below, spec: {}, metadata: { ...metadata, generation: 2 } }
      return Promise.resolve(below)
    },
  } as unknown as Kube
  const reports: string[] = []
  const report = (line: string): void => {
    reports.push(line)
    // Its controller has looked once that was waited for.
    if (line.includes('not looked')) below = { ...below, metadata }
  }
  await followObjects(kube, { parcel, request: 'one' }, { ...ctx, report })
  expect(reports).toEqual([
    'Kustomization flux-system/below: it was suspended',
    'Kustomization flux-system/below: Flux has not looked at it yet',
  ])
})

it('has what stands below look again too, as somebody else may have changed what that brought', async () => {
  const ready = { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: '' }
  const entries = [{ id: 'flux-system_below_kustomize.toolkit.fluxcd.io_Kustomization', v: 'v1' }]
  const top: KubeObject = {
    ...apps([]),
    metadata: {
      ...apps([]).metadata,
      annotations: { 'reconcile.fluxcd.io/requestedAt': 'one' },
    },
    status: { observedGeneration: 1, conditions: [ready], lastHandledReconcileAt: 'one', inventory: { entries } },
  }
  let below: KubeObject = { ...apps([ready]), metadata: { name: 'below', namespace: 'flux-system', generation: 1 } }
  const kube = {
    list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Kustomization' ? [top, below] : []),
    mergePatch: ({ name }: { name: string }, patch: object) => {
      expect([name, patch]).toEqual([
        'below',
        { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'one' } } },
      ])
      below = { ...below, metadata: { ...below.metadata, annotations: { 'reconcile.fluxcd.io/requestedAt': 'one' } } }
      return Promise.resolve(below)
    },
  } as unknown as Kube
  const reports: string[] = []
  const report = (line: string): void => {
    reports.push(line)
    below = { ...below, status: { observedGeneration: 1, conditions: [ready], lastHandledReconcileAt: 'one' } }
  }
  await followObjects(kube, { parcel, request: 'one' }, { ...ctx, report })
  expect(reports).toEqual(['Kustomization flux-system/below: Flux has not looked at it yet'])
})

it('waits for the sources that are left to their remote, and for what they hold now to be applied', async () => {
  const ready = { type: 'Ready', status: 'True', reason: 'Succeeded', message: '' }
  const unreachable = { type: 'Ready', status: 'False', reason: 'GitOperationFailed', message: 'unable to list remote' }
  const annotations = { 'reconcile.fluxcd.io/requestedAt': 'one' }
  const source = (condition: object, revision: string): KubeObject => ({
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'shop', namespace: 'flux-system', generation: 1, annotations },
    spec: {},
    status: { observedGeneration: 1, lastHandledReconcileAt: 'one', conditions: [condition], artifact: { revision } },
  })
  const applied = (revision: string): KubeObject => ({
    ...apps([]),
    metadata: { ...apps([]).metadata, annotations },
    spec: { sourceRef: { kind: 'GitRepository', name: 'shop' } },
    status: {
      observedGeneration: 1,
      conditions: [ready],
      lastHandledReconcileAt: 'one',
      lastAppliedRevision: revision,
    },
  })
  let [held, done] = [source(unreachable, 'main@sha1:1'), applied('main@sha1:1')]
  const kube = {
    list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Kustomization' ? [done] : []),
    get: () => Promise.resolve(held),
    mergePatch: () => Promise.resolve(held),
  } as unknown as Kube
  const remote = { ...parcel, objects: [held, done] }
  const patience = { trouble: 1, askAgain: 0, dependency: 0 }
  await expect(followObjects(kube, { parcel: remote, request: 'one' }, ctx, patience)).rejects.toMatchObject({
    message: 'Flux cannot make GitRepository flux-system/shop so: unable to list remote.',
  })

  held = source(ready, 'main@sha1:2')
  const reports: string[] = []
  const report = (line: string): void => {
    reports.push(line)
    done = applied('main@sha1:2')
  }
  await followObjects(kube, { parcel: remote, request: 'one' }, { ...ctx, report })
  expect(reports).toEqual(['Kustomization flux-system/apps: Flux has not seen the new files yet'])
})

it.each([
  ['where each revision makes a chart', 'Revision', '0.1.0+111111111111.1', '0.1.0+222222222222.1'],
  ['where a new version alone makes one', 'ChartVersion', '0.1.0', '0.2.0'],
  ['where the version stayed', 'ChartVersion', '0.1.0', '0.1.0'],
])(
  'waits for a HelmRelease until its chart is made of the new files and runs, %s',
  async (_what, reconcileStrategy, before, after) => {
    const [old, now] = ['main@sha1:1111111111111111', 'main@sha1:2222222222222222']
    const ready = { type: 'Ready', status: 'True', reason: 'Succeeded', message: '' }
    const unready = { ...ready, status: 'Unknown', reason: 'Progressing' }
    const metadata = {
      name: 'shop',
      namespace: 'flux-system',
      generation: 1,
      annotations: { 'reconcile.fluxcd.io/requestedAt': 'one' },
    }
    const status = { observedGeneration: 1, lastHandledReconcileAt: 'one', conditions: [ready] }
    const of = (kind: string, apiVersion: string, spec: object, more: object): KubeObject => ({
      apiVersion,
      kind,
      metadata,
      spec,
      status: { ...status, ...more },
    })
    const source = 'source.toolkit.fluxcd.io/v1'
    const repository = of('GitRepository', source, {}, { artifact: { revision: now } })
    const chart = (observedSourceArtifactRevision: string, revision: string, condition = ready): KubeObject =>
      of('HelmChart', source, {}, { observedSourceArtifactRevision, artifact: { revision }, conditions: [condition] })
    const release = (lastAttemptedRevision: string): KubeObject =>
      of(
        'HelmRelease',
        'helm.toolkit.fluxcd.io/v2',
        { chart: { spec: { reconcileStrategy, sourceRef: { kind: 'GitRepository', name: 'shop' } } } },
        { lastAttemptedRevision, helmChart: 'flux-system/of-shop' },
      )
    let live = { release: release(before), chart: chart(old, before) }
    const kube = {
      list: ({ kind }: { kind: string }) => Promise.resolve(kind === 'HelmRelease' ? [live.release] : []),
      get: ({ kind, name }: { kind: string; name: string }) =>
        Promise.resolve(kind === 'HelmChart' && name === 'of-shop' ? live.chart : repository),
    } as unknown as Kube
    const steps = [
      { chart: chart(now, before, unready), release: release(before) },
      { chart: chart(now, after), release: release(before) },
      { chart: chart(now, after), release: release(after) },
    ]
    const reports: string[] = []
    const report = (line: string): void => {
      reports.push(line)
      live = steps.shift() ?? live
      // The same words again are not said again.
      if (reports.length === 1) live = steps.shift() ?? live
    }
    const objects = [repository, live.release]
    await followObjects(kube, { parcel: { ...parcel, objects }, request: 'one' }, { ...ctx, report })
    expect(reports).toEqual([
      'HelmRelease flux-system/shop: Flux has not seen the new files yet',
      ...(after === before ? [] : [`HelmRelease flux-system/shop: Flux has not taken up chart ${after} yet`]),
    ])
  },
)
