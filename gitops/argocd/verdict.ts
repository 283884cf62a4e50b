import type { Verdict } from '../../core/wait.ts'
import { showNamed, type Named } from '../named.ts'
import type { AppState } from './state.ts'

/** What came of a sync. `restless`: what differs from the source again although it was just made so. */
export type Synced = { readonly restless: readonly Named[] }

/** Why a sync failed, and of which objects. */
export type SyncFailure = {
  readonly message: string
  readonly of: readonly (Named & { readonly message: string; readonly hook: string })[]
}

export type SyncVerdict = Verdict<Synced> | { readonly broken: SyncFailure }

type Asked = {
  readonly digest: string
  readonly request: string
  /** How the Application stood before it was asked; undefined where it was not there. */
  readonly before: AppState | undefined
  /** Whether what is said now has been said for so long that it will not heal. */
  readonly isOld: boolean
  /** Whether it has been said since a while, in which Argo CD would have tried again. */
  readonly isStill?: boolean
}

/** Whether a sync window of the project keeps a sync from going on. */
export const isClosed = (operation: AppState['operation']): boolean => /sync window/i.test(operation?.message ?? '')

/** How far Argo CD has come with what it was asked for. */
export const syncVerdict = (
  state: AppState,
  { digest, request, before, isOld, isStill = false }: Asked,
): SyncVerdict => {
  const { operation } = state
  // Its own sync of the same artifact counts too: the request is lost when another one was on its way.
  const isOurs =
    operation !== undefined &&
    (operation.request === request ||
      (operation.revision === digest && operation.startedAt !== before?.operation?.startedAt))
  if (isOurs && (operation.phase === 'Failed' || operation.phase === 'Error'))
    return { broken: { message: operation.message, of: operation.failed } }
  if (isOurs && operation.phase === 'Succeeded' && state.revision === digest) {
    if (state.sync === 'Synced') return { done: { restless: [] } }
    if (state.sync === 'OutOfSync' && isOld) return { done: { restless: state.differing } }
  }
  const trouble = state.conditions.find(
    (one) => /^(InvalidSpec|Comparison|Sync|Unknown)Error$/.test(one.type) && !isOlder(one, before),
  )
  if (trouble && (isOld || trouble.type === 'InvalidSpecError'))
    return { broken: { message: `${trouble.type}: ${trouble.message}`, of: [] } }
  // What an earlier run was told may be over: Argo CD says nothing new until it has tried again.
  const isNews =
    operation?.message !== before?.operation?.message || operation?.startedAt !== before?.operation?.startedAt
  if (isOurs && isClosed(operation) && (isNews || isStill))
    return { broken: { message: `${operation.message} (a sync window of the project keeps it from syncing)`, of: [] } }
  return { waiting: trouble?.message ?? wordsFor(state, isOurs) }
}

const isOlder = (one: AppState['conditions'][number], before: AppState | undefined): boolean =>
  before?.conditions.some(
    ({ type, message, since }) => type === one.type && message === one.message && since === one.since,
  ) ?? false

const wordsFor = (state: AppState, isOurs: boolean): string => {
  if (isOurs && state.operation && state.operation.message !== '') return state.operation.message
  if (state.sync === '') return 'Argo CD has not looked at it yet'
  const [first] = state.differing
  return first ? `${showNamed(first)} is ${state.sync}` : `Argo CD says ${state.sync}`
}
