import type { Behaviour } from './controllers/world.ts'
import type { Obj } from './object.ts'
import type { Refusal } from './refusals.ts'
import type { Store } from './store.ts'
import type { Writes } from './writes.ts'

export type Request = { readonly method: string; readonly path: string; readonly query: string }

/** Looks at a request before it is answered: a Refusal is sent, `cut` closes the connection. */
type Intercept = (request: Request) => Refusal | 'cut' | undefined

type Ref = { readonly apiVersion: string; readonly kind: string; readonly namespace?: string; readonly name: string }

/** The server's memory as tests see and change it, past the API. */
export type State = {
  readonly get: (ref: Ref) => Obj | undefined
  readonly list: (of: { apiVersion: string; kind: string; namespace?: string }) => readonly Obj[]
  /** Creates the object, or puts it in the place of the one of that name. */
  readonly put: (object: Obj) => Obj
  readonly remove: (ref: Ref) => void
  /** All requests so far, in order. */
  readonly requests: readonly Request[]
  readonly behave: (name: string, behaviour: Behaviour) => void
  readonly intercept: (intercept: Intercept | undefined) => void
  /** Watches that are behind now get 410. */
  readonly compact: () => void
  /** Hangs up on everybody. */
  readonly cutConnections: () => void
}

type InnerState = State & {
  readonly behaviour: (name: string) => Behaviour
  readonly note: (request: Request) => void
  readonly interception: (request: Request) => ReturnType<Intercept>
}

export const makeState = (
  store: Store,
  writes: Writes,
  initial: Readonly<Record<string, Behaviour>>,
  wake: () => void,
): InnerState => {
  const behaviours = new Map(Object.entries(initial))
  const requests: Request[] = []
  let interceptor: Intercept | undefined
  const get: State['get'] = ({ namespace, name, ...type }) => store.get(store.kindOf(type), namespace, name)
  const options = { manager: 'test' }
  return {
    get,
    list: ({ namespace, ...type }) => store.list(store.kindOf(type), namespace),
    put: (object) => {
      const kind = store.kindOf(object)
      const before = store.get(kind, object.metadata.namespace, object.metadata.name)
      const made = before
        ? writes.replace(kind, before, object, options)
        : writes.create(kind, object.metadata.namespace, object, options)
      return object.status && kind.hasStatus
        ? writes.replace(kind, made, { ...made, status: object.status }, { ...options, subresource: 'status' })
        : made
    },
    remove: (ref) => {
      const object = get(ref)
      if (object) writes.remove(store.kindOf(ref), object)
    },
    requests,
    note: (request) => void requests.push(request),
    behave: (name, behaviour) => {
      behaviours.set(name, behaviour)
      wake()
    },
    behaviour: (name) => behaviours.get(name) ?? 'ready',
    intercept: (intercept) => {
      interceptor = intercept
    },
    interception: (request) => interceptor?.(request),
    compact: () => store.compact(),
    cutConnections: () => undefined,
  }
}
