import type { Kube, KubeObject, Ref } from '../cluster/kube/kube.ts'
import { refOf } from '../cluster/kube/ref.ts'
import { EnvironmentError } from '../core/errors.ts'
import { fieldsAt, type Fields } from '../core/fields.ts'
import { isRecord } from '../core/is-record.ts'

/** Who deploys, by the name that the API keeps beside each field. */
export const managers = {
  kindup: 'kindup',
  helm: 'helm',
  argocd: 'argocd-controller',
  flux: 'kustomize-controller',
  helmController: 'helm-controller',
} as const
export type Manager = (typeof managers)[keyof typeof managers]

type Entry = NonNullable<KubeObject['metadata']['managedFields']>[number]

/** Whose number of replicas is nobody's of them: an autoscaler holds it. */
const scaler = 'kindup-autoscaled'

/**
 * Makes one deployer the owner of what the others of these set: fields that its source no longer has go with its next
 * apply, and nothing that it does not set stays behind for nobody. The objects themselves stay as they are. `scaled` are those whose number
 * of replicas the deployer leaves out from now on: it stays as it is.
 */
export const handOver = async (
  kube: Kube,
  refs: readonly Ref[],
  to: Manager,
  scaled: readonly Ref[] = [],
): Promise<void> => {
  await Promise.all(
    refs.map((ref) => handOverOne(kube, ref, { to, isScaled: scaled.some((one) => identity(one) === identity(ref)) })),
  )
}

const identity = ({ kind, namespace = '', name }: Ref): string => `${kind} ${namespace}/${name}`

type To = { readonly to: Manager; readonly isScaled: boolean }

const handOverOne = async (kube: Kube, ref: Ref, { to, isScaled }: To): Promise<void> =>
  changeOwners(kube, ref, (entries) => {
    const owned = ownedBy(entries, to)
    return (isScaled ? replicasApart(owned ?? entries, to) : undefined) ?? owned
  })

/** Writes who owns which fields of an object; `change` gives nothing where that is right already. Other writers may come between. */
export const changeOwners = async (
  kube: Kube,
  ref: Ref,
  change: (entries: readonly Entry[]) => readonly Entry[] | undefined,
  tries = 5,
): Promise<void> => {
  const live = await kube.get(ref)
  const changed = change(live?.metadata.managedFields ?? [])
  if (!live || !changed) return
  const { resourceVersion } = live.metadata
  try {
    await kube.mergePatch(refOf(live), { metadata: { resourceVersion, managedFields: changed } })
  } catch (error) {
    if (!(error instanceof EnvironmentError) || error.code !== 'api-conflict' || tries <= 1) throw error
    return changeOwners(kube, ref, change, tries - 1)
  }
}

/** The entries with one part of the object, `f:spec` say, owned by `to` alone, whoever wrote it; undefined where it is so. */
export const partOwnedBy = (entries: readonly Entry[], part: string, to: Manager): readonly Entry[] | undefined => {
  const isOurs = (one: Entry): boolean =>
    one.manager === to && one.operation === 'Apply' && one.subresource === undefined
  const theirs = entries.filter(
    (one) => !isOurs(one) && one.subresource === undefined && fieldsAt(one.fieldsV1)[part] !== undefined,
  )
  const ours = entries.find(isOurs)
  const base = ours ?? theirs[0]
  if (!base || theirs.length === 0) return undefined
  const whole = [...(ours ? [ours] : []), ...theirs].reduce<Fields>(
    (all, one) => union(all, fieldsAt(one.fieldsV1)[part]),
    {},
  )
  const rest = entries
    .filter((one) => one !== ours)
    .map((one) => (theirs.includes(one) ? { ...one, fieldsV1: without(one.fieldsV1, part) } : one))
    .filter((one) => Object.keys(fieldsAt(one.fieldsV1)).length > 0)
  return [
    { ...base, manager: to, operation: 'Apply', fieldsV1: { ...fieldsAt(ours?.fieldsV1), [part]: whole } },
    ...rest,
  ]
}

const without = (fields: unknown, part: string): Fields => {
  const { [part]: _taken, ...rest } = fieldsAt(fields)
  return rest
}

/** The entries of deployers as one of `to`; undefined where nothing changes. */
export const ownedBy = (entries: readonly Entry[], to: Manager): readonly Entry[] | undefined => {
  const deployers: readonly string[] = Object.values(managers)
  const isTheirs = (one: Entry): boolean => deployers.includes(one.manager ?? '') && one.subresource === undefined
  const theirs = entries.filter(isTheirs)
  const [first] = theirs
  if (!first || (theirs.length === 1 && first.manager === to && first.operation === 'Apply')) return undefined
  const fieldsV1 = theirs.reduce<Fields>((all, one) => union(all, one.fieldsV1), {})
  const one: Entry = { ...first, manager: to, operation: 'Apply', fieldsV1 }
  return [one, ...entries.filter((entry) => !isTheirs(entry))]
}

/** The entries with the number of replicas in one of its own; undefined where `to` does not hold it. */
const replicasApart = (entries: readonly Entry[], to: Manager): readonly Entry[] | undefined => {
  const index = entries.findIndex((one) => one.manager === to && one.operation === 'Apply')
  const entry = entries[index]
  const spec = fieldsAt(entry?.fieldsV1, 'f:spec')
  if (!entry || spec['f:replicas'] === undefined) return undefined
  const { 'f:replicas': replicas, ...rest } = spec
  return [
    ...entries.with(index, { ...entry, fieldsV1: { ...fieldsAt(entry.fieldsV1), 'f:spec': rest } }),
    { ...entry, manager: scaler, operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': replicas } } },
  ]
}

const union = (a: Fields, b: unknown): Fields => {
  if (!isRecord(b)) return a
  const both: Record<string, unknown> = { ...a }
  for (const [key, below] of Object.entries(b)) both[key] = union(fieldsAt(a, key), below)
  return both
}
