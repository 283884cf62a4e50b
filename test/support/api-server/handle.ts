import { parse } from 'yaml'
import { applied } from './apply.ts'
import { apiVersionOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { isSame } from './object.ts'
import type { Obj } from './object.ts'
import { jsonPatch, mergePatch, strategicMergePatch } from './patches.ts'
import { badRequest, notFound, Refusal } from './refusals.ts'
import { fitsQuery } from './selectors.ts'
import type { Store } from './store.ts'
import type { Writes } from './writes.ts'

export type Target = {
  readonly kind: Kind
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

export type Asked = {
  readonly method: string
  readonly query: URLSearchParams
  readonly body: string
  readonly contentType: string
  readonly userAgent: string
}

export type Answered = { readonly code: number; readonly body: object }

/** `/api/v1/namespaces/dev/pods/web/status` → kind, namespace, name, subresource; undefined for what is not served. */
export const targetOf = (path: string, kinds: readonly Kind[]): Target | undefined => {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
  const isCore = parts[0] === 'api'
  const [group = '', version, ...rest] = isCore ? ['', ...parts.slice(1)] : parts.slice(1)
  const find = (plural: string | undefined): Kind | undefined =>
    kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural)
  // Below a namespace stand objects of other kinds; the namespace itself has only these two below it.
  const below = rest[0] === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(rest[2] ?? '')
  const kind = find(below ? rest[2] : rest[0])
  if (!kind || (below && !kind.namespaced)) return undefined
  const [name, subresource] = below ? rest.slice(3) : rest.slice(1)
  return { kind, namespace: below ? rest[1] : undefined, name, subresource }
}

/** Does what one call asks for. Throws Refusal. */
export const handle = (store: Store, writes: Writes, target: Target, asked: Asked): Answered => {
  const { kind, namespace, name } = target
  const typed = (object: Obj): Obj => ({ ...object, apiVersion: apiVersionOf(kind), kind: kind.kind })
  const found = (): Obj => {
    const object = store.get(kind, namespace, name ?? '')
    if (!object) throw notFound(kind, name ?? '')
    return object
  }
  if (name === undefined) {
    if (asked.method === 'GET') return { code: 200, body: listOf(store, target, asked.query) }
    if (asked.method === 'POST') return { code: 201, body: typed(create(writes, target, asked)) }
    if (asked.method === 'DELETE') {
      for (const object of store.list(kind, namespace).filter(fitsQuery(asked.query))) writes.remove(kind, object)
      return { code: 200, body: { kind: 'Status', apiVersion: 'v1', status: 'Success' } }
    }
  } else {
    const { subresource } = target
    const options = { ...optionsOf(asked), ...(subresource !== undefined && { subresource }) }
    if (asked.method === 'GET') return { code: 200, body: typed(found()) }
    if (asked.method === 'PUT')
      return { code: 200, body: typed(writes.replace(kind, found(), objectOf(asked, kind), options)) }
    if (asked.method === 'PATCH') return patch(store, writes, target, asked)
    if (asked.method === 'DELETE') return { code: 200, body: typed(remove(writes, kind, found(), asked)) }
  }
  throw new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource')
}

const optionsOf = ({ query, userAgent }: Asked): { manager: string; dryRun: boolean } => ({
  manager: query.get('fieldManager') ?? userAgent.split('/')[0] ?? 'unknown',
  dryRun: query.get('dryRun') === 'All',
})

const objectOf = ({ body }: Asked, kind: Kind): Obj => {
  const object = parse(body) as Obj | null
  if (!object || typeof object !== 'object') throw badRequest('the body of the request is no object')
  const wanted = apiVersionOf(kind)
  if ((object.kind ?? kind.kind) !== kind.kind || (object.apiVersion ?? wanted) !== wanted)
    throw badRequest(`${object.kind} in version "${object.apiVersion}" cannot be handled as a ${kind.kind}`)
  return { ...object, apiVersion: wanted, kind: kind.kind, metadata: object.metadata ?? {} }
}

const listOf = (store: Store, { kind, namespace }: Target, query: URLSearchParams): object => ({
  kind: `${kind.kind}List`,
  apiVersion: apiVersionOf(kind),
  metadata: { resourceVersion: String(store.revision()) },
  // As a real server does it: items of built-in kinds do not say what they are.
  items: store
    .list(kind, namespace)
    .filter(fitsQuery(query))
    .map(({ apiVersion: _a, kind: _k, ...item }) => item),
})

const create = (writes: Writes, { kind, namespace }: Target, asked: Asked): Obj => {
  const object = objectOf(asked, kind)
  const inBody = object.metadata.namespace
  if (namespace !== undefined && inBody !== undefined && inBody !== namespace)
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`)
  return writes.create(kind, kind.namespaced ? (namespace ?? inBody ?? 'default') : undefined, object, optionsOf(asked))
}

const patch = (store: Store, writes: Writes, target: Target, asked: Asked): Answered => {
  const { kind, namespace, name = '', subresource } = target
  const before = store.get(kind, namespace, name)
  const options = { ...optionsOf(asked), ...(subresource !== undefined && { subresource }) }
  const type = asked.contentType.split(';')[0]
  if (type === 'application/apply-patch+yaml') {
    const { manager } = options
    if (!asked.query.has('fieldManager')) throw badRequest('fieldManager is required for apply patch')
    const given = objectOf(asked, kind)
    if (given.metadata.managedFields) throw badRequest('metadata.managedFields must be nil')
    if (given.metadata.name !== name) throw badRequest(`name in URL does not match name in content (${name})`)
    const object = applied(before, given, manager, asked.query.get('force') === 'true')
    if (before) return { code: 200, body: writes.replace(kind, before, object, { ...options, keepManagers: true }) }
    return { code: 201, body: writes.create(kind, kind.namespaced ? namespace : undefined, object, options) }
  }
  if (!before) throw notFound(kind, name)
  const content: unknown = parse(asked.body)
  const patched = ((): unknown => {
    switch (type) {
      case 'application/merge-patch+json':
        return mergePatch(before, content)
      case 'application/strategic-merge-patch+json':
        return strategicMergePatch(before, content)
      case 'application/json-patch+json':
        return jsonPatch(before, content as Parameters<typeof jsonPatch>[1])
      default:
        throw new Refusal(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - ${type}`)
    }
  })() as Obj
  // Who brings them says himself who manages what.
  const keepManagers = !isSame(before.metadata.managedFields, patched.metadata.managedFields)
  return { code: 200, body: writes.replace(kind, before, patched, { ...options, keepManagers }) }
}

const remove = (writes: Writes, kind: Kind, object: Obj, asked: Asked): Obj => {
  const { preconditions } = (asked.body === '' ? {} : (parse(asked.body) ?? {})) as { preconditions?: { uid?: string } }
  if (preconditions?.uid !== undefined && preconditions.uid !== object.metadata.uid)
    throw new Refusal(409, 'Conflict', 'Precondition failed: UID in precondition does not match')
  if (asked.query.get('dryRun') === 'All') return object
  return writes.remove(kind, object)
}
