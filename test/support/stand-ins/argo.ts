import type { Controller, World as Api } from '../api-server/controllers/world.ts'
import type { Json, Obj } from '../api-server/object.ts'
import { now } from '../api-server/object.ts'
import { Refusal } from '../api-server/refusals.ts'
import { artifactObjects } from './artifact.ts'
import type { World } from './world.ts'

const apiVersion = 'argoproj.io/v1alpha1'
const tracking = 'argocd.argoproj.io/tracking-id'
const cascade = 'resources-finalizer.argocd.argoproj.io'

/** What Argo CD does for an Application of one OCI source, as far as kindup asks it to. */
export const argo =
  (world: () => World): Controller =>
  (api) => {
    if (!api.store.kinds().some(({ kind }) => kind === 'Application')) return
    for (const application of api.list(apiVersion, 'Application')) act(api, application, world())
  }

/** The definitions that it works with, and a workload that stands for it. */
export const argoChart: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: argo-cd\nversion: 10.1.1\n',
  // Nobody writes a password.
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: argocd-cm }\ndata: { admin.enabled: "false" }\n',
  'templates/definitions.yaml': ['Application applications', 'AppProject appprojects', 'ApplicationSet applicationsets']
    .map((words) => {
      const [kind = '', plural = ''] = words.split(' ')
      return `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.argoproj.io }
spec:
  group: argoproj.io
  scope: Namespaced
  names: { kind: ${kind}, plural: ${plural}, singular: ${kind.toLowerCase()} }
  versions: [{ name: v1alpha1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`
    })
    .join(''),
}

const act = (api: Api, application: Obj, world: World): void => {
  const { annotations = {}, deletionTimestamp, finalizers = [] } = application.metadata
  if (annotations['argocd.argoproj.io/skip-reconcile'] === 'true') return
  // Whoever works for it does not.
  if (api.behaviour(application.metadata.name) === 'crashes') return
  if (deletionTimestamp !== undefined) {
    if (!finalizers.includes(cascade)) return
    for (const object of trackedBy(api, application)) if (!has(object, 'Delete=false')) api.remove(object)
    api.update({ ...application, metadata: { ...application.metadata, finalizers: [] } })
    return
  }
  // One at a time: what is asked for while it is at one is forgotten when that is over.
  const at = (application['status'] as { readonly operationState?: Json } | undefined)?.operationState
  if (at?.['phase'] === 'Running') return
  if (at?.['phase'] === 'Terminating') {
    const { operation: _forgotten, ...rest } = application
    const operationState = { ...at, phase: 'Failed', message: 'Operation terminated' }
    api.update({ ...rest, status: { ...(application['status'] as Json), operationState } })
    return
  }
  if (application['operation'] !== undefined) sync(api, application, world)
}

const sync = (api: Api, application: Obj, world: World): void => {
  const { operation, ...rest } = application
  const spec = application.spec as { source: { repoURL: string; targetRevision: string }; destination: Json }
  const { repoURL, targetRevision: revision } = spec.source
  const failures: Json[] = []
  const objects = artifactObjects(world, repoURL, revision)
  for (const object of objects ?? []) {
    try {
      if (api.behaviour(object.metadata.name) === 'fails') throw new Refusal(403, 'Forbidden', 'it is refused here')
      const annotations = {
        ...object.metadata.annotations,
        [tracking]: `${application.metadata.name}:${nameOf(object)}`,
      }
      api.apply({ ...object, metadata: { ...object.metadata, annotations } }, 'argocd-controller')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { kind, metadata } = object
      const group = object.apiVersion.includes('/') ? object.apiVersion.split('/')[0] : ''
      failures.push({
        group,
        kind,
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        status: 'SyncFailed',
        message: error.message,
      })
    }
  }
  const wanted = new Set((objects ?? []).map(nameOf))
  if (objects && failures.length === 0)
    for (const object of trackedBy(api, application))
      if (!wanted.has(nameOf(object)) && !has(object, 'Prune=false')) api.remove(object)
  const isDone = objects !== undefined && failures.length === 0
  const status = {
    sync: { status: isDone ? 'Synced' : 'OutOfSync', revision },
    health: { status: 'Healthy' },
    operationState: {
      operation,
      phase: isDone ? 'Succeeded' : 'Failed',
      message: isDone
        ? 'successfully synced (all tasks run)'
        : objects
          ? 'one or more objects failed to apply'
          : `failed to load target state: ${repoURL}@${revision}: not found`,
      startedAt: now(),
      syncResult: { revision, resources: failures },
    },
  }
  api.update({ ...rest, status })
}

const trackedBy = (api: Api, application: Obj): readonly Obj[] =>
  api.store
    .kinds()
    .flatMap((kind) => [...api.store.list(kind)])
    .filter(({ metadata }) => metadata.annotations?.[tracking]?.startsWith(`${application.metadata.name}:`))

const nameOf = ({ kind, metadata }: Obj): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`

const has = ({ metadata }: Obj, option: string): boolean =>
  (metadata.annotations?.['argocd.argoproj.io/sync-options'] ?? '').split(',').includes(option)
