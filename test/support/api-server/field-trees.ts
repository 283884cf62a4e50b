import { itemSegment, mergeKeys } from './merge-keys.ts'
import { isMap, isSame } from './object.ts'
import type { Fields, Json } from './object.ts'

/** The fields of a value: maps and lists with keys are gone into, all else is a leaf. */
const fieldsOf = (value: unknown, field = ''): Fields => {
  if (isMap(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [`f:${key}`, fieldsOf(one, key)]))
  const keys = Array.isArray(value) && value.length > 0 ? mergeKeys(field, value) : undefined
  if (!keys) return {}
  return Object.fromEntries((value as Json[]).map((item) => [itemSegment(item, keys), { '.': {}, ...fieldsOf(item) }]))
}

/** What managers own: everything but identity and what the server writes. */
export const ownedFields = (object: Json): Fields => {
  const { apiVersion: _a, kind: _k, metadata, ...rest } = object
  const { labels, annotations, finalizers } = isMap(metadata) ? metadata : {}
  const meta = Object.fromEntries(
    Object.entries({ labels, annotations, finalizers }).filter(([, value]) => value !== undefined),
  )
  return fieldsOf({ ...(Object.keys(meta).length > 0 && { metadata: meta }), ...rest })
}

/** `a` without what `b` has too. Branches that become empty go. */
export const without = (a: Fields, b: Fields): Fields => {
  const left: Fields = {}
  for (const [segment, below] of Object.entries(a)) {
    const other = b[segment]
    if (!other) left[segment] = below
    else if (!isLeaf(below)) {
      const rest = without(below, other)
      if (!isLeaf(rest)) left[segment] = rest
    }
  }
  return left
}

export const union = (a: Fields, b: Fields): Fields => {
  const both: Fields = { ...a }
  for (const [segment, below] of Object.entries(b)) both[segment] = union(both[segment] ?? {}, below)
  return both
}

export const common = (a: Fields, b: Fields): Fields => without(a, without(a, b))

export const isLeaf = (fields: Fields): boolean => Object.keys(fields).length === 0

/** The fields in which two values differ: those of `after` that are other, and those of `before` that are gone. */
export const changedFields = (before: unknown, after: unknown, field = ''): Fields => {
  if (isSame(before, after)) return {}
  const [old, next] = [entriesOf(before, field), entriesOf(after, field)]
  if (!old || !next) return union(fieldsOf(before, field), fieldsOf(after, field))
  const changed: Fields = {}
  for (const segment of new Set([...old.keys(), ...next.keys()])) {
    const [one, other] = [old.get(segment), next.get(segment)]
    if (isSame(one, other)) continue
    const name = segment.startsWith('f:') ? segment.slice(2) : ''
    changed[segment] =
      one === undefined || other === undefined ? fieldsOf(one ?? other, name) : changedFields(one, other, name)
  }
  return changed
}

/** The parts of a value by segment; undefined for a leaf. */
export const entriesOf = (value: unknown, field: string): Map<string, unknown> | undefined => {
  if (isMap(value)) return new Map(Object.entries(value).map(([key, one]) => [`f:${key}`, one]))
  const keys = Array.isArray(value) ? mergeKeys(field, value) : undefined
  return keys && new Map((value as Json[]).map((item) => [itemSegment(item, keys), item]))
}

/** `.spec.replicas`, for messages. */
export const showFields = (fields: Fields, path = ''): string[] =>
  Object.entries(fields).flatMap(([segment, below]) => {
    const here = segment.startsWith('f:') ? `${path}.${segment.slice(2)}` : `${path}[${segment.slice(2)}]`
    return isLeaf(below) ? [here] : showFields(below, here)
  })
