import type { KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt, valueAt } from '../../core/fields.ts'

type Condition = { readonly status: string; readonly reason: string; readonly message: string }

/** What the status of an object of Flux says, in the words that kindup asks it in. */
export type FluxState = {
  readonly ready: Condition | undefined
  /** What it does just now. */
  readonly doing: string
  /** Why it cannot be done before its spec changes. */
  readonly stalled: string | undefined
  /** Why a source could not be read. */
  readonly fetchFailed: string | undefined
  /** The last request that it has answered. */
  readonly handled: string
  /** Of a source: the digest of what it holds. Of a Kustomization: of what it has applied last. Empty where nothing. */
  readonly digest: string
  /** Of what a Kustomization has tried last. */
  readonly attempted: string
  readonly isSuspended: boolean
}

export const stateOf = (object: KubeObject): FluxState => {
  const conditions = mapsAt(object, 'status', 'conditions')
  const condition = (type: string): Condition | undefined => {
    const found = conditions.find((one) => textAt(one, 'type') === type)
    const text = (key: string): string => textAt(found, key) ?? ''
    return found && { status: text('status'), reason: text('reason'), message: text('message') }
  }
  const messageOf = (type: string): string | undefined => {
    const found = condition(type)
    return found?.status === 'True' ? found.message : undefined
  }
  return {
    ready: condition('Ready'),
    doing: messageOf('Reconciling') ?? '',
    stalled: messageOf('Stalled'),
    fetchFailed: messageOf('FetchFailed') ?? messageOf('StorageOperationFailed'),
    handled: textAt(object, 'status', 'lastHandledReconcileAt') ?? '',
    digest: digestIn(
      textAt(object, 'status', 'artifact', 'revision') ?? textAt(object, 'status', 'lastAppliedRevision'),
    ),
    attempted: digestIn(textAt(object, 'status', 'lastAttemptedRevision')),
    isSuspended: valueAt(object, 'spec', 'suspend') === true,
  }
}

/** `sha256:…` of `latest@sha256:…` */
const digestIn = (revision = ''): string => revision.split('@').at(-1) ?? ''
