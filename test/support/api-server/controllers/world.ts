import { applied } from '../apply.ts'
import type { Kind } from '../kinds.ts'
import type { Json, Obj } from '../object.ts'
import type { Store } from '../store.ts'
import type { Writes } from '../writes.ts'

/** What becomes of the pods of a workload (or of an APIService), by its name. */
export type Behaviour =
  | 'ready'
  /** Runs and never becomes ready, until told otherwise. */
  | 'slow'
  /** Ends with exit code 1 again and again. */
  | 'crashes'
  /** Its image is not found. */
  | 'image-missing'
  /** Its image cannot be pulled because the registry does not answer. */
  | 'registry-away'
  /** It refers to a Secret that is not there. */
  | 'config-missing'
  /** A Job whose pods end with exit code 1. */
  | 'fails'

/** What controllers work with. */
export type World = {
  readonly store: Store
  readonly kind: (apiVersion: string, kind: string) => Kind
  readonly list: (apiVersion: string, kind: string, namespace?: string) => readonly Obj[]
  readonly create: (object: Obj) => Obj
  readonly update: (object: Obj) => Obj
  /** Server-side apply, conflicts forced. */
  readonly apply: (object: Obj, manager: string) => Obj
  readonly setStatus: (object: Obj, status: Json) => void
  readonly remove: (object: Obj) => void
  /** Past all finalizers. */
  readonly gone: (object: Obj) => void
  readonly bind: (pod: Obj, node: string) => void
  readonly behaviour: (name: string) => Behaviour
}

/** What a scheduler and the kubelets work with. */
export type NodeWorld = Pick<World, 'list' | 'bind' | 'gone' | 'setStatus' | 'behaviour'>

/** Looks at all that concerns it and does the next thing; called again after every change. */
export type Controller = (world: World) => void

const options = { manager: 'kube-controller-manager' }

export const makeWorld = (store: Store, writes: Writes, behaviour: (name: string) => Behaviour): World => {
  const kind = (apiVersion: string, name: string): Kind => store.kindOf({ apiVersion, kind: name })
  const now = (object: Obj): Obj =>
    store.get(store.kindOf(object), object.metadata.namespace, object.metadata.name) ?? object
  return {
    store,
    kind,
    behaviour,
    list: (apiVersion, name, namespace) => store.list(kind(apiVersion, name), namespace),
    create: (object) => writes.create(store.kindOf(object), object.metadata.namespace, object, options),
    update: (object) => writes.replace(store.kindOf(object), now(object), object, options),
    apply: (object, manager) => {
      const of = store.kindOf(object)
      const { namespace, name } = object.metadata
      const before = store.get(of, namespace, name)
      const laid = applied(before, object, manager, true)
      return before
        ? writes.replace(of, before, laid, { manager, keepManagers: true })
        : writes.create(of, namespace, laid, { manager })
    },
    setStatus: (object, status) => {
      const before = now(object)
      writes.replace(store.kindOf(object), before, { ...before, status }, { ...options, subresource: 'status' })
    },
    remove: (object) => void writes.remove(store.kindOf(object), now(object)),
    gone: (object) => void store.remove(store.kindOf(object), object),
    bind: (pod, node) =>
      void writes.replace(
        store.kindOf(pod),
        now(pod),
        { ...now(pod), spec: { ...now(pod).spec, nodeName: node } },
        options,
      ),
  }
}

export const owned = (owner: Obj): Obj['metadata']['ownerReferences'] => [
  {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
  },
]

export const isOwnedBy = (object: Obj, owner: Obj): boolean =>
  object.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false

export const condition = (type: string, status: boolean, reason = '', message = ''): Json => ({
  type,
  status: status ? 'True' : 'False',
  ...(reason !== '' && { reason }),
  ...(message !== '' && { message }),
})

export const hasCondition = (object: Obj, type: string): boolean =>
  ((object.status?.['conditions'] ?? []) as Json[]).some((one) => one['type'] === type && one['status'] === 'True')
