import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, valueAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Named } from '../named.ts'
import { requestInfo } from './application.ts'

/** What an Application's status says, in the words that kindup asks it in. */
export type AppState = {
  /** `Synced`, `OutOfSync`, `Unknown`; empty where nobody has looked yet. */
  readonly sync: string
  /** What was compared with. */
  readonly revision: string
  readonly health: string
  readonly healthMessage: string
  /** Those that differ from the source. */
  readonly differing: readonly Named[]
  /** Those that Argo CD does not call healthy, with its words. */
  readonly unhealthy: readonly (Named & { readonly status: string; readonly message: string })[]
  readonly conditions: readonly { readonly type: string; readonly message: string; readonly since: string }[]
  readonly operation?: {
    readonly phase: string
    readonly message: string
    readonly startedAt: string
    /** Which request it answers; empty for one that nobody of kindup made. */
    readonly request: string
    readonly revision: string
    /** Something of it is applied already. */
    readonly hasApplied: boolean
    readonly failed: readonly (Named & { readonly message: string; readonly hook: string })[]
  }
  readonly selfHeals: boolean
}

export const stateOf = (application: KubeObject): AppState => {
  const operation = valueAt(application, 'status', 'operationState')
  const automated = fieldsAt(application, 'spec', 'syncPolicy', 'automated')
  const resources = mapsAt(application, 'status', 'resources')
  const text = (...path: readonly string[]): string => textAt(application, 'status', ...path) ?? ''
  return {
    sync: text('sync', 'status'),
    revision: text('sync', 'revision'),
    health: text('health', 'status'),
    healthMessage: text('health', 'message'),
    differing: resources.filter((one) => textAt(one, 'status') === 'OutOfSync').map(named),
    unhealthy: resources.flatMap((one) => {
      const status = textAt(one, 'health', 'status') ?? 'Healthy'
      return status === 'Healthy' ? [] : [{ ...named(one), status, message: textAt(one, 'health', 'message') ?? '' }]
    }),
    conditions: mapsAt(application, 'status', 'conditions').map((one) => ({
      type: textAt(one, 'type') ?? '',
      message: textAt(one, 'message') ?? '',
      since: textAt(one, 'lastTransitionTime') ?? '',
    })),
    ...(isRecord(operation) && {
      operation: {
        phase: textAt(operation, 'phase') ?? '',
        message: textAt(operation, 'message') ?? '',
        startedAt: textAt(operation, 'startedAt') ?? '',
        request:
          mapsAt(operation, 'operation', 'info')
            .filter((one) => textAt(one, 'name') === requestInfo)
            .map((one) => textAt(one, 'value') ?? '')[0] ?? '',
        revision: textAt(operation, 'operation', 'sync', 'revision') ?? '',
        hasApplied: mapsAt(operation, 'syncResult', 'resources').length > 0,
        failed: mapsAt(operation, 'syncResult', 'resources').flatMap((one) =>
          textAt(one, 'status') === 'SyncFailed' || ['Failed', 'Error'].includes(textAt(one, 'hookPhase') ?? '')
            ? [{ ...named(one), message: textAt(one, 'message') ?? '', hook: textAt(one, 'hookType') ?? '' }]
            : [],
        ),
      },
    }),
    selfHeals: automated?.['selfHeal'] === true && automated['enabled'] !== false,
  }
}

const named = (one: Readonly<Record<string, unknown>>): Named => ({
  group: textAt(one, 'group') ?? '',
  kind: textAt(one, 'kind') ?? '',
  namespace: textAt(one, 'namespace') ?? '',
  name: textAt(one, 'name') ?? '',
})
