import type { KubeObject } from './models.ts'

export type { KubeObject } from './models.ts'

/** Names one object. `namespace` is left out for kinds of the cluster. */
export type Ref = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

export type Query = {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
}

export type ServedKind = {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** What may be done with its objects: `list`, `delete`. */
  readonly verbs?: readonly string[]
}

/** All that the cluster serves; of `unanswered` nobody can tell. */
export type KindsServed = {
  readonly kinds: readonly ServedKind[]
  readonly unanswered: readonly { readonly apiVersion: string; readonly why: string }[]
}

/** One HTTP request to a Service. */
export type ServiceRequest = {
  readonly namespace: string
  readonly service: string
  /** Of the Service. */
  readonly port: number
  /** Over TLS; any certificate will do. */
  readonly secure: boolean
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** The log of one container: of its run before the last restart where `previous` is set. */
type ContainerLog = {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly previous?: boolean
}

export type SpeechOptions = {
  readonly follow: boolean
  /** Whole seconds back from now, or a time, which the API reads to the second. */
  readonly since?: number | string
  /** So many of the last lines. */
  readonly tail?: number
}

/** What an endpoint of the Service answered, or why none did, in the API server's words. */
export type ServiceAnswer =
  | { readonly status: number; readonly type: string; readonly body: string }
  | { readonly unanswered: string }

/** The Kubernetes API of one cluster, for objects of any kind. All calls throw EnvironmentError (`api-unreachable`, `api-refused`). */
export type Kube = {
  get(ref: Ref): Promise<KubeObject | undefined>
  list(query: Query): Promise<readonly KubeObject[]>
  /** The same, with the metadata of the objects alone. */
  listMetadata(query: Query): Promise<readonly KubeObject[]>
  /** Server-side apply with field manager `kindup`, conflicts forced. Answers the object as it stands. */
  apply(object: KubeObject): Promise<KubeObject>
  /** What `apply` would answer, or throw; nothing is changed. */
  tryApply(object: KubeObject): Promise<KubeObject>
  create(object: KubeObject): Promise<KubeObject>
  /** Replaces the object at its resourceVersion. A conflict throws `api-conflict`. */
  replace(object: KubeObject): Promise<KubeObject>
  mergePatch(ref: Ref, patch: unknown): Promise<KubeObject>
  /** The same for its `status`, which an ordinary patch leaves alone. */
  patchStatus(ref: Ref, patch: unknown): Promise<KubeObject>
  /** Nothing there is no error. Dependents go in the background, or stay with `orphan` and belong to nobody. */
  delete(ref: Ref, how?: { readonly orphan?: boolean }): Promise<void>
  deleteAll(query: Query): Promise<void>
  /** Has a pod leave its node. False where a PodDisruptionBudget says not now; one that is gone has left. */
  evict(pod: { readonly namespace: string; readonly name: string }): Promise<boolean>
  /**
   * A live list: yields the current objects at once and again after each change, until `signal` aborts.
   * Reconnects by itself; API errors that cannot heal are thrown.
   */
  watch(query: Query, signal: AbortSignal): AsyncIterable<readonly KubeObject[]>
  /** The last lines of a container's log; empty when there is none. */
  logs(
    pod: {
      readonly namespace: string
      readonly name: string
      readonly container?: string
      readonly previous?: boolean
    },
    lines: number,
  ): Promise<string>
  /**
   * What a container says, line by line, each behind its time (RFC 3339, of any fineness) and a space. Ends where the container
   * ends, or the log where it is not followed. Throws `api-refused` where there is no such log.
   */
  speech(of: ContainerLog, options: SpeechOptions, signal: AbortSignal): AsyncIterable<readonly string[]>
  /** Has the API server pass a request on to one of the Service's endpoints, once. Throws what `signal` throws. */
  askService(request: ServiceRequest, signal: AbortSignal): Promise<ServiceAnswer>
  /** What an apiVersion serves; empty when it serves nothing. Not cached when empty. */
  served(apiVersion: string): Promise<readonly ServedKind[]>
  /** Every kind of which objects can be listed and deleted, once each, asked again. */
  kinds(): Promise<KindsServed>
  version(): Promise<string>
}
