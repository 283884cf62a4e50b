import { randomUUID } from 'node:crypto'
import { updated } from './apply.ts'
import { withDefaults } from './defaults.ts'
import { apiVersionOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import { isMap, isSame, now } from './object.ts'
import type { Obj } from './object.ts'
import { alreadyExists, badRequest, conflict, notFound, Refusal } from './refusals.ts'
import type { Store } from './store.ts'
import { validate } from './validation.ts'

type WriteOptions = { readonly manager: string; readonly dryRun?: boolean; readonly subresource?: string }

/** The writes of a real server over a store: identity, defaults, validation, generations, finalizers. */
export type Writes = {
  readonly create: (kind: Kind, namespace: string | undefined, object: Obj, options: WriteOptions) => Obj
  /** `keepManagers`: the object already says who manages what. */
  readonly replace: (kind: Kind, before: Obj, object: Obj, options: WriteOptions & { keepManagers?: boolean }) => Obj
  readonly remove: (kind: Kind, object: Obj) => Obj
}

export const makeWrites = (store: Store): Writes => {
  let counter = 0
  const number = (): number => (counter += 1)
  return {
    create(kind, namespace, given, { manager, dryRun }) {
      const { generateName, managedFields } = given.metadata
      const name = given.metadata.name ?? (generateName ? generateName + suffix() : undefined)
      if (!name) throw badRequest('name or generateName is required')
      if (namespace !== undefined) refuseNamespace(store, namespace, kind, name)
      if (store.get(kind, namespace, name)) throw alreadyExists(kind, name)
      const metadata = {
        ...given.metadata,
        name,
        ...(namespace !== undefined && { namespace }),
        uid: randomUUID(),
        creationTimestamp: now(),
        generation: 1,
      }
      delete metadata.resourceVersion
      const { status: _status, ...rest } = given
      const object = withDefaults({ ...(kind.hasStatus ? rest : given), ...typeOf(kind), metadata }, number)
      validate(kind, object, undefined)
      const managed = managedFields ? object : updated(undefined, object, manager)
      return dryRun ? managed : store.put(kind, managed)
    },
    replace(kind, before, given, { manager, dryRun, subresource, keepManagers }) {
      const { resourceVersion } = given.metadata
      if (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
        throw conflict(kind, before.metadata.name)
      const isStatus = subresource === 'status'
      const merged = isStatus
        ? { ...before, status: given.status }
        : kind.hasStatus
          ? { ...given, status: before.status }
          : given
      const object = withDefaults(
        { ...merged, ...typeOf(kind), metadata: metadataOf(before, merged as Obj) } as Obj,
        number,
      )
      if (object.status === undefined) delete object.status
      if (!isStatus) validate(kind, object, before)
      if (!isStatus && !isSame(contentOf(before), contentOf(object)))
        object.metadata.generation = (before.metadata.generation ?? 0) + 1
      const managed = keepManagers ? object : updated(before, object, manager)
      if (isSame(withoutManagers(before), withoutManagers(managed)) && !keepManagers) return before
      if (keepManagers && isSame(timeless(before), timeless(managed))) return before
      if (dryRun) return managed
      const last = managed.metadata.deletionTimestamp !== undefined && (managed.metadata.finalizers ?? []).length === 0
      return last && kind.kind !== 'Namespace' ? store.remove(kind, managed) : store.put(kind, managed)
    },
    remove(kind, object) {
      const { finalizers = [], deletionTimestamp } = object.metadata
      if (kind.kind === 'Namespace' || finalizers.length > 0) {
        if (deletionTimestamp !== undefined) return object
        const metadata = { ...object.metadata, deletionTimestamp: now() }
        return store.put(kind, {
          ...object,
          metadata,
          ...(kind.kind === 'Namespace' && { status: { phase: 'Terminating' } }),
        })
      }
      return store.remove(kind, object)
    },
  }
}

const typeOf = (kind: Kind): { apiVersion: string; kind: string } => ({
  apiVersion: apiVersionOf(kind),
  kind: kind.kind,
})

/** What is the server's stays as it was. */
const metadataOf = (before: Obj, given: Obj): Obj['metadata'] => {
  const { name, namespace, uid, generation, resourceVersion, creationTimestamp, deletionTimestamp } = before.metadata
  const kept = { name, namespace, uid, generation, resourceVersion, creationTimestamp, deletionTimestamp }
  const metadata = {
    ...given.metadata,
    ...kept,
    managedFields: given.metadata.managedFields ?? before.metadata.managedFields,
  }
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)) as Obj['metadata']
}

const contentOf = ({ metadata: _m, status: _s, ...content }: Obj): unknown => content

const withoutManagers = ({ metadata: { managedFields: _m, ...metadata }, ...object }: Obj): unknown => ({
  ...object,
  metadata,
})

const timeless = (object: Obj): unknown => ({
  ...object,
  metadata: { ...object.metadata, managedFields: object.metadata.managedFields?.map(({ time: _t, ...one }) => one) },
})

const refuseNamespace = (store: Store, namespace: string, kind: Kind, name: string): void => {
  const namespaces = store.kindOf({ apiVersion: 'v1', kind: 'Namespace' })
  const found = store.get(namespaces, undefined, namespace)
  if (!found) throw notFound(namespaces, namespace)
  if (isMap(found.status) && found.status['phase'] === 'Terminating')
    throw new Refusal(
      403,
      'Forbidden',
      `${kind.plural} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    )
}

const suffix = (): string => randomUUID().slice(0, 5)
