import { changedFields, common, entriesOf, isLeaf, ownedFields, showFields, union, without } from './field-trees.ts'
import { itemSegment, mergeKeys } from './merge-keys.ts'
import { isMap, now } from './object.ts'
import type { Fields, Json, ManagedFields, Obj } from './object.ts'
import { Refusal } from './refusals.ts'

/** The live object with an applied one laid over it: fields that this manager applied before and no longer does go. */
export const applied = (live: Obj | undefined, patch: Obj, manager: string, force: boolean): Obj => {
  const fields = ownedFields(patch)
  const managers = live?.metadata.managedFields ?? []
  const others = managers.filter((one) => !isOwn(one, manager))
  if (live && !force) refuseConflicts(live, patch, fields, others)
  const before = managers.find((one) => isOwn(one, manager))?.fieldsV1 ?? {}
  const laid = overlay(live ?? {}, patch) as Obj
  const theirs = others.reduce<Fields>((all, { fieldsV1 }) => union(all, fieldsV1), {})
  const gone = without(without(before, fields), theirs)
  const object = isLeaf(gone) ? laid : (drop(laid, gone) as Obj)
  const taken = live ? common(ownedFields(patch), changedFields(strip(live), strip(object))) : {}
  const mine = entry(patch, manager, 'Apply', fields)
  const rest = managers
    .map((one) => (isOwn(one, manager) ? mine : { ...one, fieldsV1: without(one.fieldsV1, taken) }))
    .filter(({ fieldsV1 }) => !isLeaf(fieldsV1))
  const managedFields = rest.includes(mine) ? rest : [...rest, mine]
  return { ...object, metadata: { ...object.metadata, name: patch.metadata.name, managedFields } }
}

/** Notes in an object that was created, replaced or patched who set the fields that differ from before. */
export const updated = (before: Obj | undefined, after: Obj, manager: string): Obj => {
  const changed = before ? changedFields(strip(before), strip(after)) : ownedFields(after)
  if (isLeaf(changed)) return { ...after, metadata: { ...after.metadata, ...managedOf(before) } }
  const set = common(ownedFields(after), changed)
  const managers = before?.metadata.managedFields ?? []
  const isMine = (one: ManagedFields): boolean => one.manager === manager && one.operation === 'Update'
  const mine = managers.find(isMine)?.fieldsV1 ?? {}
  const rest = managers
    .filter((one) => !isMine(one))
    .map((one) => ({ ...one, fieldsV1: without(one.fieldsV1, changed) }))
    .filter(({ fieldsV1 }) => !isLeaf(fieldsV1))
  const managedFields = [...rest, entry(after, manager, 'Update', union(without(mine, changed), set))]
  return { ...after, metadata: { ...after.metadata, managedFields } }
}

const managedOf = (object: Obj | undefined): { managedFields?: ManagedFields[] } =>
  object?.metadata.managedFields ? { managedFields: object.metadata.managedFields } : {}

const isOwn = (one: ManagedFields, manager: string): boolean => one.manager === manager && one.operation === 'Apply'

const entry = (object: Obj, manager: string, operation: 'Apply' | 'Update', fieldsV1: Fields): ManagedFields => ({
  manager,
  operation,
  apiVersion: object.apiVersion,
  time: now(),
  fieldsType: 'FieldsV1',
  fieldsV1,
})

/** Only what managers can own, so that the server's own fields are no changes. */
const strip = ({
  metadata: { labels, annotations, finalizers },
  status: _status,
  apiVersion: _a,
  kind: _k,
  ...rest
}: Obj): Json => ({
  metadata: { ...(labels && { labels }), ...(annotations && { annotations }), ...(finalizers && { finalizers }) },
  ...rest,
})

const refuseConflicts = (live: Obj, patch: Obj, fields: Fields, others: readonly ManagedFields[]): void => {
  const differing = common(fields, changedFields(strip(live), overlay(strip(live), strip(patch))))
  const lines = others.flatMap(({ manager, fieldsV1 }) =>
    showFields(common(differing, fieldsV1)).map((path) => `conflict with "${manager}": ${path}`),
  )
  if (lines.length > 0)
    throw new Refusal(409, 'Conflict', `Apply failed with ${lines.length} conflict(s): ${lines.join('; ')}`)
}

/** Maps merge, lists with keys merge by them, everything else is replaced. */
const overlay = (below: unknown, above: unknown, field = ''): unknown => {
  if (isMap(above) && isMap(below)) {
    const result: Json = { ...below }
    for (const [key, value] of Object.entries(above)) result[key] = overlay(below[key], value, key)
    return result
  }
  if (!Array.isArray(above) || !Array.isArray(below)) return above
  const keys = mergeKeys(field, [...below, ...above] as unknown[])
  if (!keys) return above
  const items = new Map((below as Json[]).map((item) => [itemSegment(item, keys), item]))
  for (const item of above as Json[]) {
    const segment = itemSegment(item, keys)
    items.set(segment, overlay(items.get(segment), item) as Json)
  }
  return [...items.values()]
}

/** Takes fields out of a value. */
const drop = (value: unknown, gone: Fields, field = ''): unknown => {
  const parts = entriesOf(value, field)
  if (!parts) return value
  for (const [segment, below] of Object.entries(gone)) {
    const part = parts.get(segment)
    if (part === undefined) continue
    if (isLeaf(below) || below['.'] !== undefined) parts.delete(segment)
    else parts.set(segment, drop(part, below, segment.slice(2)))
  }
  return Array.isArray(value)
    ? [...parts.values()]
    : Object.fromEntries([...parts].map(([segment, part]) => [segment.slice(2), part]))
}
