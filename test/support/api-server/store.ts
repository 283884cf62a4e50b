import { builtInKinds, resourceOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import type { Obj } from './object.ts'

export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resource: string
  readonly object: Obj
  /** The object before the change. */
  readonly before?: Obj
  readonly revision: number
}

/** The server's memory: objects, what changed since it began, and who wants to be told. */
export type Store = {
  readonly kinds: () => readonly Kind[]
  readonly setCustomKinds: (kinds: readonly Kind[]) => void
  readonly kindOf: (object: Pick<Obj, 'apiVersion' | 'kind'>) => Kind
  readonly get: (kind: Kind, namespace: string | undefined, name: string) => Obj | undefined
  readonly list: (kind: Kind, namespace?: string) => readonly Obj[]
  /** Keeps an object under a new resourceVersion, and tells. */
  readonly put: (kind: Kind, object: Obj) => Obj
  readonly remove: (kind: Kind, object: Obj) => Obj
  readonly revision: () => number
  /** What changed after a revision; undefined when that is no longer known. */
  readonly since: (revision: number) => readonly Change[] | undefined
  /** Forgets what changed until now: watches that stood before it get 410. */
  readonly compact: () => void
  readonly subscribe: (listener: (change: Change) => void) => () => void
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`

export const makeStore = (): Store => {
  const resources = new Map<string, Map<string, Obj>>()
  const listeners = new Set<(change: Change) => void>()
  let changes: Change[] = []
  let forgotten = 0
  let revision = 1
  let custom: readonly Kind[] = []
  const kinds = (): readonly Kind[] => [...builtInKinds, ...custom]
  const of = (kind: Kind): Map<string, Obj> => {
    const resource = resourceOf(kind)
    const objects = resources.get(resource) ?? new Map<string, Obj>()
    resources.set(resource, objects)
    return objects
  }
  const tell = (kind: Kind, type: Change['type'], object: Obj, before?: Obj): void => {
    const change = { type, resource: resourceOf(kind), object, ...(before && { before }), revision }
    changes.push(change)
    for (const listener of listeners) listener(change)
  }
  const renewed = (object: Obj): Obj => {
    revision += 1
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } }
  }
  return {
    kinds,
    setCustomKinds: (next) => {
      custom = next
    },
    kindOf: ({ apiVersion, kind }) => {
      const found = kinds().find(
        (one) => one.kind === kind && (one.group === '' ? one.version : `${one.group}/${one.version}`) === apiVersion,
      )
      if (!found) throw new Error(`the test server does not serve ${kind} of ${apiVersion}`)
      return found
    },
    get: (kind, namespace, name) => of(kind).get(keyOf(namespace, name)),
    list: (kind, namespace) =>
      [...of(kind).values()].filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace),
    put: (kind, object) => {
      const key = keyOf(object.metadata.namespace, object.metadata.name)
      const before = of(kind).get(key)
      const kept = renewed(object)
      of(kind).set(key, kept)
      tell(kind, before ? 'MODIFIED' : 'ADDED', kept, before)
      return kept
    },
    remove: (kind, object) => {
      const key = keyOf(object.metadata.namespace, object.metadata.name)
      const before = of(kind).get(key)
      of(kind).delete(key)
      const last = renewed(object)
      tell(kind, 'DELETED', last, before)
      return last
    },
    revision: () => revision,
    since: (from) => (from < forgotten ? undefined : changes.filter((change) => change.revision > from)),
    compact: () => {
      changes = []
      forgotten = revision
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
