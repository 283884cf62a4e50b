import { mergeKeys } from './merge-keys.ts'
import { isMap, isSame } from './object.ts'
import type { Json } from './object.ts'
import { badRequest, Refusal } from './refusals.ts'

/** RFC 7386: maps merge, null removes, everything else is replaced. */
export const mergePatch = (value: unknown, patch: unknown): unknown => {
  if (!isMap(patch)) return patch
  const result: Json = isMap(value) ? { ...value } : {}
  for (const [key, part] of Object.entries(patch)) {
    if (part === null) delete result[key]
    else result[key] = mergePatch(result[key], part)
  }
  return result
}

/** Kubernetes' own: as a merge patch, but lists with keys merge by them, and `$patch` says otherwise. */
export const strategicMergePatch = (value: unknown, patch: unknown, field = ''): unknown => {
  if (Array.isArray(patch)) return mergedList(value, patch as unknown[], field)
  if (!isMap(patch)) return patch
  const { $patch: directive, $retainKeys: kept, ...rest } = patch
  if (directive === 'replace') return rest
  const result: Json = isMap(value) ? { ...value } : {}
  for (const [key, part] of Object.entries(rest)) {
    const removed = /^\$deleteFromPrimitiveList\/(.+)$/.exec(key)
    if (removed) {
      const name = removed[1] ?? ''
      result[name] = (result[name] as unknown[] | undefined)?.filter((one) => !(part as unknown[]).includes(one))
    } else if (key.startsWith('$setElementOrder/')) continue
    else if (part === null) delete result[key]
    else result[key] = strategicMergePatch(result[key], part, key)
  }
  if (Array.isArray(kept)) for (const key of Object.keys(result)) if (!kept.includes(key)) delete result[key]
  return result
}

const mergedList = (value: unknown, patch: readonly unknown[], field: string): unknown => {
  const old = Array.isArray(value) ? (value as unknown[]) : []
  const keys = mergeKeys(field, [...old, ...patch])?.slice(0, 1)
  if (!keys) return field === 'finalizers' ? [...new Set([...old, ...patch])] : patch
  const [key = ''] = keys
  let items = old as Json[]
  for (const part of patch as Json[]) {
    const at = items.findIndex((item) => isSame(item[key], part[key]))
    if (part['$patch'] === 'delete') items = items.filter((_item, index) => index !== at)
    else if (at === -1) items = [...items, part]
    else items = items.map((item, index) => (index === at ? (strategicMergePatch(item, part) as Json) : item))
  }
  return items
}

type Operation = { readonly op: string; readonly path: string; readonly value?: unknown }

/** RFC 6902 without move and copy. */
export const jsonPatch = (value: unknown, operations: readonly Operation[]): unknown =>
  operations.reduce((now, operation) => {
    const path = operation.path
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    return changed(now, path, operation)
  }, value)

const changed = (value: unknown, path: readonly string[], operation: Operation): unknown => {
  const [key = '', ...rest] = path
  const isList = Array.isArray(value)
  if (!isList && !isMap(value)) throw new Refusal(422, 'Invalid', `the path ${operation.path} does not exist`)
  const entries: unknown[] | Json = isList ? [...(value as unknown[])] : { ...value }
  const at = isList && key === '-' ? (value as unknown[]).length : key
  const map = entries as Json
  if (rest.length > 0) map[at] = changed(map[at], rest, operation)
  else if (operation.op === 'add' && isList) (entries as unknown[]).splice(Number(at), 0, operation.value)
  else if (operation.op === 'add' || operation.op === 'replace') map[at] = operation.value
  else if (operation.op === 'remove' && isList) (entries as unknown[]).splice(Number(at), 1)
  else if (operation.op === 'remove') delete map[at]
  else if (operation.op === 'test') {
    if (!isSame(map[at], operation.value)) throw new Refusal(422, 'Invalid', `testing path ${operation.path} failed`)
  } else throw badRequest(`the test server does not know the JSON patch operation ${operation.op}`)
  return entries
}
