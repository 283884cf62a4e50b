import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { EnvironmentError, unlessRefused } from '../../core/errors.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { labels } from '../../manifests/transform/step-label.ts'
import { isOfKubernetes } from './of-kubernetes.ts'
import { isClaimOf } from './claims.ts'
import type { Own } from './own.ts'

type Found = {
  /** Of steps that are in the record. */
  readonly own: readonly KubeObject[]
  readonly others: readonly KubeObject[]
  /** What nobody could tell of, and why: it may hold anything. */
  readonly untold: readonly { readonly what: string; readonly why: string }[]
}

/**
 * What is in a namespace beyond what Kubernetes makes by itself and what goes with its owner. Reads the metadata of every
 * namespaced kind that the cluster serves.
 */
export const listContents = async (kube: Kube, namespace: string, own: Own): Promise<Found> => {
  const { kinds, unanswered } = await kube.kinds()
  const untold = unanswered.map(({ apiVersion, why }) => ({ what: apiVersion, why }))
  const lists = await inParallel(
    kinds.filter(({ namespaced }) => namespaced),
    8,
    async ({ apiVersion, kind }) => {
      try {
        return await kube.listMetadata({ apiVersion, kind, namespace })
      } catch (error) {
        if (!(error instanceof EnvironmentError) || error.code === 'stopped') throw error
        untold.push({ what: `${kind} of ${apiVersion}`, why: error.message })
        return []
      }
    },
  )
  return { ...(await sorted(kube, lists.flat(), own)), untold }
}

/** Objects by whose they are; what is on its way out, or goes with an owner that is there, is nobody's. */
const sorted = async (kube: Kube, objects: readonly KubeObject[], own: Own): Promise<Pick<Found, 'own' | 'others'>> => {
  const uids = new Set(objects.map(({ metadata: { uid } }) => uid))
  const present = objects.filter((object) => object.metadata.deletionTimestamp === undefined && !isOfKubernetes(object))
  const counted = await Promise.all(
    present.map(async (object) => ((await goesWithOwner(kube, object, uids, own)) ? [] : [object])),
  )
  const groups = Map.groupBy(counted.flat(), (object) => (isOwn(object, own) ? 'own' : 'others'))
  return { own: groups.get('own') ?? [], others: groups.get('others') ?? [] }
}

const isOwn = (object: KubeObject, own: Own): boolean => {
  const { labels: has = {}, namespace = '' } = object.metadata
  if (own.steps.has(has[labels.step] ?? '')) return true
  if (isReleaseSecret(object)) return own.releases.has(`${namespace}/${has['name'] ?? ''}`)
  return own.objects.has(identity(refOf(object))) || isClaimOf(own.claims, object)
}

const isReleaseSecret = ({ kind, metadata }: KubeObject): boolean =>
  kind === 'Secret' && metadata.name.startsWith('sh.helm.release.v1.') && metadata.labels?.['owner'] === 'helm'

/** One in the namespace counts by itself; one that is gone takes the object along in a moment. */
const goesWithOwner = async (
  kube: Kube,
  { metadata: { ownerReferences = [], namespace } }: KubeObject,
  uids: ReadonlySet<string | undefined>,
  own: Own,
): Promise<boolean> => {
  if (ownerReferences.length === 0) return false
  if (ownerReferences.some(({ uid }) => uids.has(uid))) return true
  // Left are owners of the cluster as a whole.
  const goes = await Promise.all(
    ownerReferences.map(async ({ apiVersion, kind, name, uid }) => {
      return unlessRefused(async () => {
        const owner = await kube.get({ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) })
        return owner?.metadata.uid !== uid || isOwn(owner, own)
      }, false)
    }),
  )
  return goes.every(Boolean)
}

/** `Role deploy (by kubectl-create)`; with its namespace where that is not `here`. */
const showOther = (object: KubeObject, here: string | undefined): string => {
  const { kind, metadata } = object
  const release = isReleaseSecret(object) ? metadata.labels?.['name'] : undefined
  if (release !== undefined) return `helm release ${release}`
  // The first is who made it; those behind wrote parts of it.
  const writers = [...new Set((metadata.managedFields ?? []).flatMap(({ manager }) => manager ?? []))]
  const by = writers.find((writer) => !/^kube-controller-manager$/.test(writer)) ?? writers[0]
  return `${kind} ${metadata.namespace === undefined || metadata.namespace === here ? '' : `${metadata.namespace}/`}${metadata.name}${by === undefined ? '' : ` (by ${by})`}`
}

/** `Role a (by kubectl-create), Secret b (by flux) and 3 more` */
export const showOthers = (others: readonly KubeObject[], here?: string): string => {
  // In one order whatever a server lists first.
  const named = [...new Set(others.map((object) => showOther(object, here)))].toSorted()
  const shown = named.slice(0, 5)
  const more = named.length - shown.length
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}
