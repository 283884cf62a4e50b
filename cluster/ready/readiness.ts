import type { Trouble } from './trouble.ts'
import type { Pod } from '../kube/models.ts'

/** How one thing of a release stands. */
export type Readiness =
  | { readonly is: 'ready' }
  | { readonly is: 'absent' }
  | {
      readonly is: 'waiting'
      /** What is counted: `0/1 ready`. */
      readonly line: string
      /** The pods that keep it from being ready, and why. */
      readonly pods: readonly TroubledPod[]
      /** What keeps its pods from being made at all. */
      readonly trouble?: Trouble
      /** Set when it cannot become ready any more, whatever its pods do. */
      readonly hopeless?: true
    }

export type TroubledPod = { readonly pod: Pod; readonly trouble: Trouble }

export const ready: Readiness = { is: 'ready' }

export const waiting = (line: string, pods: readonly TroubledPod[] = [], trouble?: Trouble): Readiness => ({
  is: 'waiting',
  line,
  pods,
  ...(trouble && { trouble }),
})
