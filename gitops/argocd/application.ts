import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, textListAt, valueAt, type Fields } from '../../core/fields.ts'
import { addressOf, type Delivery } from '../delivery.ts'

export const applicationKind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application' } as const

/** The project of every Application that kindup makes. */
export const project = 'kindup'

/** Has Argo CD delete what an Application deployed before the Application itself is gone. */
export const cascade = 'resources-finalizer.argocd.argoproj.io'

/** Argo CD leaves an Application alone while this says true. */
export const pauseAnnotation = 'argocd.argoproj.io/skip-reconcile'

/** Who asked for the sync, in what the controller keeps of it. */
export const requestInfo = 'kindup.dev/request'

export const applicationRef = ({ home, name }: Pick<Delivery, 'home' | 'name'>): Ref => ({
  ...applicationKind,
  namespace: home,
  name,
})

type Wanted = {
  readonly delivery: Delivery
  /** Of the artifact. */
  readonly digest: string
  /** Of objects that name none. */
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Whose number of replicas an autoscaler holds: another number is no difference. */
  readonly scaled: readonly Ref[]
  /** Objects of it are of kinds that definitions make. */
  readonly hasCustomKinds?: boolean
  /** Names this one request for a sync. */
  readonly request: string
}

// Server-side apply, as kindup itself does: fields that other controllers set stay theirs. Namespaces are kindup's.
const syncOptions = ['ServerSideApply=true', 'CreateNamespace=false', 'RespectIgnoreDifferences=true']

/** One Application: what is at that digest is deployed now, kept so, and pruned of what is no longer in it. */
export const applicationOf = (wanted: Wanted): KubeObject => {
  const { delivery, digest, labels, request } = wanted
  const { application } = delivery
  const spec = application ? adoptedSpec(wanted, application.spec) : ownSpec(wanted)
  return {
    ...applicationKind,
    metadata: {
      name: delivery.name,
      namespace: delivery.home,
      labels: { ...application?.labels, ...labels },
      annotations: { ...application?.annotations, ...comparing(wanted), [pauseAnnotation]: 'false' },
      finalizers: [cascade],
    },
    spec: { ...spec, source: { repoURL: addressOf(delivery), targetRevision: digest, path: '.' } },
    // At once, and not when the controller comes by.
    operation: {
      initiatedBy: { username: 'kindup' },
      info: [{ name: requestInfo, value: request }],
      sync: { revision: digest, prune: prunes(spec), syncOptions: textListAt(spec, 'syncPolicy', 'syncOptions') },
    },
  }
}

const compareAnnotation = 'argocd.argoproj.io/compare-options'

/** Argo CD knows the defaults of built-in kinds alone: what the API adds to others, to an HTTPRoute say, it takes for a difference unless it asks the API. */
const comparing = ({ hasCustomKinds, delivery }: Wanted): Readonly<Record<string, string>> => {
  const own = delivery.application?.annotations[compareAnnotation] ?? ''
  if (!hasCustomKinds || own.includes('ServerSideDiff=')) return {}
  return { [compareAnnotation]: [...(own === '' ? [] : [own]), 'ServerSideDiff=true'].join(',') }
}

/** All that the user's own Application says stays; fields that other controllers set stay theirs. */
const adoptedSpec = ({ scaled }: Wanted, spec: Fields): Fields => {
  const own = textListAt(spec, 'syncPolicy', 'syncOptions')
  const isSaid = (option: string): boolean =>
    own.some((one) => one.startsWith(option.slice(0, option.indexOf('=') + 1)))
  const added = ['ServerSideApply=true', 'RespectIgnoreDifferences=true'].filter((option) => !isSaid(option))
  return {
    ...spec,
    project: textAt(spec, 'project') ?? 'default',
    syncPolicy: { ...fieldsAt(spec, 'syncPolicy'), syncOptions: [...own, ...added] },
    ...ignoring([...mapsAt(spec, 'ignoreDifferences'), ...scaled.map(ignored)]),
  }
}

/** An automated policy says whether it prunes; who syncs by hand prunes by asking for it. */
const prunes = (spec: Fields): boolean => {
  const automated = valueAt(spec, 'syncPolicy', 'automated')
  return automated === undefined || valueAt(automated, 'prune') === true
}

const ignoring = (differences: readonly object[]): Fields =>
  differences.length > 0 ? { ignoreDifferences: differences } : {}

const ownSpec = ({ namespace, scaled }: Wanted): Fields => ({
  project,
  destination: { server: 'https://kubernetes.default.svc', namespace },
  // What failed is tried again by the next run, and not by itself: hooks may not be run many times.
  syncPolicy: { automated: { prune: true, selfHeal: true }, retry: { limit: 0 }, syncOptions },
  ...ignoring(scaled.map(ignored)),
})

/** Another number of replicas is no difference. */
export const ignored = ({ apiVersion, kind, name, namespace = '' }: Ref) => ({
  group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
  kind,
  name,
  namespace,
  jsonPointers: ['/spec/replicas'],
})
