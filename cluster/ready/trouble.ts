type Crash = { readonly container: string; readonly restarts: number; readonly exitCode: number }

/** Why a pod is not ready. */
export type Trouble = {
  /** A few words: `pulling image`. */
  readonly line: string
  /** Set when it cannot heal by itself: once nothing else of the release has moved for this long (0: at once), the wait ends. */
  readonly hopelessAfterMs?: number
  /** What would help; said at the end of a wait, whatever ended it. */
  readonly hints?: readonly string[]
  /** The container whose log tells more. */
  readonly log?: string
  /** It may wait for another part of the environment: what other steps of the run get on with counts as movement too. */
  readonly heedsOthers?: true
  /** How a container ended: the same end again and again is no accident. */
  readonly crash?: Crash
  /** How long ago it ended, in milliseconds: what has moved since may help at the next start, for which the kubelet waits longer and longer. */
  readonly endedMs?: number
  /** A container that runs, and is given up only when its log has stood still for as long. */
  readonly still?: string
  /** No node takes the pod; whether one ever could is a question about the nodes. */
  readonly unscheduled?: true
}
