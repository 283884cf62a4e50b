import type { Controller, World as Api } from '../api-server/controllers/world.ts'
import { now, type Json, type Obj } from '../api-server/object.ts'
import { Refusal } from '../api-server/refusals.ts'
import { artifactObjects } from './artifact.ts'
import type { World } from './world.ts'

const sources = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'OCIRepository' }
const kustomizations = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' }
const finalizer = 'finalizers.fluxcd.io'
const requested = 'reconcile.fluxcd.io/requestedAt'

/** What the source and the kustomize controller do for a Kustomization of one OCIRepository, as far as kindup asks them to. */
export const flux =
  (world: () => World): Controller =>
  (api) => {
    const kinds = api.store.kinds().map(({ kind }) => kind)
    if (!kinds.includes(sources.kind) || !kinds.includes(kustomizations.kind)) return
    for (const source of api.list(sources.apiVersion, sources.kind))
      if (works(api, source)) readSource(api, source, world())
    for (const one of api.list(kustomizations.apiVersion, kustomizations.kind))
      if (works(api, one)) apply(api, one, world())
  }

/** The definitions that it works with. */
export const fluxChart: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: flux2\nversion: 2.18.3\n',
  'templates/definitions.yaml': [
    'source OCIRepository ocirepositories',
    'source GitRepository gitrepositories',
    'kustomize Kustomization kustomizations',
    'helm HelmRelease helmreleases',
  ]
    .map((words) => {
      const [group = '', kind = '', plural = ''] = words.split(' ')
      return `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${plural}.${group}.toolkit.fluxcd.io }
spec:
  group: ${group}.toolkit.fluxcd.io
  scope: Namespaced
  names: { kind: ${kind}, plural: ${plural}, singular: ${kind.toLowerCase()} }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`
    })
    .join(''),
}

/** Whoever works for it does. */
const works = (api: Api, { metadata }: Obj): boolean => api.behaviour(metadata.name) !== 'crashes'

/** Whether it has said this already. */
const isAnswered = ({ metadata, status }: Obj): boolean => {
  const { generation, lastHandledReconcileAt } = (status ?? {}) as {
    generation?: number
    lastHandledReconcileAt?: string
  }
  return generation === metadata.generation && lastHandledReconcileAt === metadata.annotations?.[requested]
}

const answer = (api: Api, object: Obj, status: Json): void => {
  const { generation, annotations = {} } = object.metadata
  api.setStatus(object, { ...status, generation, lastHandledReconcileAt: annotations[requested] ?? '' })
}

const condition = (isReady: boolean, reason: string, message: string): Json => ({
  type: 'Ready',
  status: isReady ? 'True' : 'False',
  reason,
  message,
  lastTransitionTime: now(),
})

/** Whether it goes on: a finalizer is there, and it is not on its way out. */
const isHeld = (api: Api, object: Obj, end: () => void): boolean => {
  const { deletionTimestamp, finalizers = [] } = object.metadata
  if (deletionTimestamp === undefined) {
    if (!finalizers.includes(finalizer))
      api.update({ ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } })
    return finalizers.includes(finalizer)
  }
  if (!finalizers.includes(finalizer)) return false
  end()
  api.update({ ...object, metadata: { ...object.metadata, finalizers: [] } })
  return false
}

const readSource = (api: Api, source: Obj, world: World): void => {
  if (!isHeld(api, source, () => undefined) || isAnswered(source)) return
  const { url, ref } = source.spec as { url: string; ref: { digest: string } }
  const found = artifactObjects(world, url, ref.digest)
  if (!found) return
  answer(api, source, { artifact: { revision: ref.digest }, conditions: [condition(true, 'Succeeded', 'stored')] })
}

const apply = (api: Api, one: Obj, world: World): void => {
  const spec = one.spec as { suspend?: boolean; sourceRef: { name: string } }
  const prune = (wanted: ReadonlySet<string>): void => {
    for (const object of ownedBy(api, one)) if (!wanted.has(nameOf(object)) && !isKept(object)) api.remove(object)
  }
  if (!isHeld(api, one, () => spec.suspend !== true && prune(new Set()))) return
  if (spec.suspend === true || isAnswered(one)) return
  const source = api
    .list(sources.apiVersion, sources.kind, one.metadata.namespace)
    .find(({ metadata }) => metadata.name === spec.sourceRef.name)
  const { url, ref } = (source?.spec ?? {}) as { url?: string; ref?: { digest: string } }
  const objects = artifactObjects(world, url ?? '', ref?.digest ?? '')
  if (!objects || !ref) return
  try {
    for (const object of objects) {
      const { kind, metadata } = object
      if (api.behaviour(metadata.name) === 'fails')
        throw new Refusal(
          403,
          'Forbidden',
          `${kind}/${metadata.namespace}/${metadata.name} dry-run failed (Forbidden): it is refused here`,
        )
      const labels = { ...metadata.labels, ...ownerLabels(one) }
      api.apply({ ...object, metadata: { ...metadata, labels } }, 'kustomize-controller')
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const conditions = [condition(false, 'ReconciliationFailed', error.message)]
    return answer(api, one, { ...(one.status as Json), lastAttemptedRevision: ref.digest, conditions })
  }
  prune(new Set(objects.map(nameOf)))
  answer(api, one, {
    lastAppliedRevision: ref.digest,
    lastAttemptedRevision: ref.digest,
    conditions: [condition(true, 'ReconciliationSucceeded', `Applied revision: ${ref.digest}`)],
  })
}

const ownerLabels = ({ metadata }: Obj): Readonly<Record<string, string>> => ({
  'kustomize.toolkit.fluxcd.io/name': metadata.name,
  'kustomize.toolkit.fluxcd.io/namespace': metadata.namespace ?? '',
})

const ownedBy = (api: Api, one: Obj): readonly Obj[] =>
  api.store
    .kinds()
    .flatMap((kind) => [...api.store.list(kind)])
    .filter(({ metadata }) =>
      Object.entries(ownerLabels(one)).every(([key, value]) => metadata.labels?.[key] === value),
    )

const nameOf = ({ kind, metadata }: Obj): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`

const isKept = ({ metadata }: Obj): boolean =>
  metadata.annotations?.['kustomize.toolkit.fluxcd.io/prune'] === 'disabled'
