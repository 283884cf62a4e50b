import { isDeepStrictEqual } from 'node:util'
import { ApiRefusal } from '../../cluster/kube/api-refusal.ts'
import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt, textAt, valueAt } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { isBuiltIn } from '../../manifests/kinds/built-in.ts'
import { labels } from '../../manifests/transform/step-label.ts'
import { claimsOf, findClaims } from '../remove/claims.ts'
import { showClaim } from '../../cluster/kube/show-claim.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { waitGone } from '../remove/gone.ts'
import { saysFixed } from './own-faults.ts'
import { tryBesideIt, tryObjects, type Tried } from './try-objects.ts'

/** `spec.clusterIPs[0]: may not change once set`, without the values, which are long. */
const reasonOf = ({ message }: EnvironmentError): string => {
  const said = message.slice(message.indexOf('is invalid: ') + 1).replace(/^s invalid: /, '')
  const short = said.replace(/: (?:Invalid value|Forbidden): (?:.*: )?(?=[^:]+$)/, ': ')
  return short.length > 300 ? `${short.slice(0, 300)}…` : short.replace(/\.$/, '')
}

type Kept = {
  readonly ref: Ref
  readonly reason: string
  readonly replace: false
  /** What would be lost, as a clause. */
  readonly stake: string
  readonly hints: readonly string[]
}

/** What is to be done about an object that the API will not change. */
type Change = { readonly ref: Ref; readonly reason: string; readonly replace: true } | Kept

/** How the object of an apply that was refused can be had all the same; undefined where it was refused for anything else. */
export const changeOf = async (kube: Kube, object: KubeObject, error: unknown): Promise<Change | undefined> => {
  if (!(error instanceof ApiRefusal) || !saysFixed(error)) return undefined
  const ref = refOf(object)
  const live = await kube.get(ref)
  if (!live) return undefined
  const reason = ref.kind === 'StatefulSet' ? setReason(live, object) : reasonOf(error)
  const stays = (stake: string, hints: readonly string[]): Change => ({ ref, reason, replace: false, stake, hints })
  const where = ref.namespace === undefined ? '' : ` --namespace ${ref.namespace}`
  const remove = `kubectl delete ${ref.kind.toLowerCase()} ${ref.name}${where}`
  if (live.metadata.labels?.[labels.cluster] === undefined)
    return stays('kindup did not make it', [`${remove}   # or give one of the two another name`])
  if (ref.kind === 'PersistentVolumeClaim') {
    if (!isBound(live)) return { ref, reason, replace: true }
    const volumeName = textAt(live, 'spec', 'volumeName') ?? 'VOLUME'
    return stays(`${showClaim(live)} holds data`, [
      `Undo the change in the file, or give the new claim another name: both keep the data.`,
      `kubectl patch persistentvolume ${volumeName} --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}' && ${remove}   # keeps the data in the volume, beside a new one`,
      `${remove}   # deletes the data`,
    ])
  }
  if (ref.kind === 'StatefulSet') {
    const claims = (await findClaims(kube, claimsOf([live], ref.namespace ?? 'default'))).filter(isBound)
    const templates = /statefulset spec|volumeClaimTemplates/i.test(error.message) && !sameTemplates(live, object)
    if (claims.length === 0 || (!templates && !deletesClaims(live))) return { ref, reason, replace: true }
    return stays(`${claims.map(showClaim).join(', ')} ${claims.length > 1 ? 'hold' : 'holds'} its data`, [
      `${remove} --cascade=orphan && kindup up   # keeps the pods and the data: the claims stay as they are`,
      `${remove} && kubectl delete persistentvolumeclaim ${claims.map(({ metadata }) => metadata.name).join(' ')}${where} && kindup up   # deletes the data`,
    ])
  }
  if (replaceable.has(ref.kind) && isBuiltIn(ref)) return { ref, reason, replace: true }
  return stays('what depends on it would go with it', [
    'Undo the change in the file, or give it another name.',
    `${remove} && kindup up   # with all that depends on it`,
  ])
}

/** Nothing outlives their pods, and all that is in them comes from the file. */
const replaceable = new Set(
  'Pod Job CronJob Deployment DaemonSet ReplicaSet ReplicationController Service Endpoints EndpointSlice ConfigMap Secret Role RoleBinding ClusterRole ClusterRoleBinding StorageClass PriorityClass IngressClass RuntimeClass PodDisruptionBudget HorizontalPodAutoscaler NetworkPolicy CSIDriver VolumeAttributesClass'.split(
    ' ',
  ),
)

const isBound = (claim: KubeObject): boolean => textAt(claim, 'status', 'phase') === 'Bound'

/** The API names all that may change, and not what did. */
const setReason = (live: KubeObject, wanted: KubeObject): string => {
  const fields = ['serviceName', 'selector', 'podManagementPolicy'].filter((field) => {
    const now = valueAt(wanted, 'spec', field)
    return now !== undefined && !isDeepStrictEqual(valueAt(live, 'spec', field), now)
  })
  const all = [...fields, ...(sameTemplates(live, wanted) ? [] : ['volumeClaimTemplates'])]
  return `${all.length === 0 ? 'its spec' : all.map((field) => `spec.${field}`).join(', ')} may not change once set`
}

const sameTemplates = (live: KubeObject, wanted: KubeObject): boolean =>
  isDeepStrictEqual(outlineOf(live), outlineOf(wanted))

/** As far as volumes are made by its templates: names, sizes, classes. The API adds the rest. */
const outlineOf = (set: KubeObject): readonly unknown[] =>
  mapsAt(set, 'spec', 'volumeClaimTemplates').map((template) => [
    valueAt(template, 'metadata', 'name'),
    valueAt(template, 'spec', 'resources'),
    valueAt(template, 'spec', 'storageClassName'),
    valueAt(template, 'spec', 'accessModes'),
  ])

const deletesClaims = (set: KubeObject): boolean =>
  textAt(set, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenDeleted') === 'Delete'

/** Takes the object out of the way of what is to come in its place, and says so. Throws `cannot-change` where data would be lost, and `error` where the new one would be refused too. */
export const makeWay = async (
  kube: Kube,
  object: KubeObject,
  { change, error }: { readonly change: Change; readonly error: unknown },
  ctx: Context,
): Promise<void> => {
  const { ref, reason } = change
  if (!change.replace) throw cannotChange(change, error)
  if (!(await wouldBeTaken(kube, object))) throw error
  ctx.report(`replacing ${showRef(ref)}`)
  await kube.delete(ref)
  await waitGone(kube, [ref], ctx, ctx.timeoutMs)
  if (ref.kind !== 'Job' && ref.kind !== 'Pod')
    ctx.warn(`${showRef(ref)} was replaced: it cannot be changed in place (${reason}).`)
}

/** Whether the API takes it under another name: then it does where nothing stands in its place, too. */
const wouldBeTaken = async (kube: Kube, object: KubeObject): Promise<boolean> => {
  const error = await tryBesideIt(kube, object)
  return error?.code !== 'api-refused' || /already allocated|is being terminated|dry ?run/i.test(error.message)
}

/** What the API would not change in place of what it was asked to try. */
export const changesAmong = async (
  kube: Kube,
  failed: readonly Tried[],
): Promise<readonly { readonly object: KubeObject; readonly change: Change; readonly error: unknown }[]> => {
  const found = await inParallel(failed, 8, async ({ placed, error }) => {
    const change = await changeOf(kube, placed, error)
    return change ? [{ object: placed, change, error }] : []
  })
  return found.flat()
}

/** For helm, which would stop at the first of them: takes all of them out of the way, or none. */
export const makeAllWay = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
): Promise<void> => {
  const found = await changesAmong(kube, (await tryObjects(kube, objects, namespace)).failed)
  for (const { object, ...one } of found.toSorted((a, b) => Number(a.change.replace) - Number(b.change.replace)))
    await makeWay(kube, object, one, ctx)
}

export const cannotChange = ({ ref, reason, stake, hints }: Kept, cause: unknown): EnvironmentError =>
  new EnvironmentError('cannot-change', `${showRef(ref)} cannot be changed in place (${reason}), and ${stake}.`, {
    hints,
    cause,
  })
