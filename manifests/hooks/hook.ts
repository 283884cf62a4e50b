import type { Place } from '../../core/problem.ts'

/** A program that is run around the deployment of one service, its placeholders filled. */
export type Hook = {
  readonly name: string
  /** The program and its arguments. */
  readonly run: readonly string[]
  /** Absolute folder. */
  readonly in: string
  /** Wants what the service needs to be ready, and KUBECONFIG. */
  readonly cluster: boolean
  readonly env: Readonly<Record<string, string>>
  readonly at: Place
}

export type Hooks = {
  readonly before: readonly Hook[]
  /** All of them see the cluster. */
  readonly after: readonly Hook[]
  /** Added to the environment of those that see the cluster: what no file of theirs can know. */
  readonly variables: Readonly<Record<string, string>>
  /** Texts that are shown as *** in what they print. */
  readonly secrets: readonly string[]
}
