import type { KubeObject } from '../kube/kube.ts'
import { refOf, showRef } from '../kube/ref.ts'

/** Why something does not work, and what to do about it. */
export type Finding = {
  /** What it is about: `Deployment dev/web`, `node shop-worker`, `the engine`. */
  readonly about: string
  /** Of what it is about, where that is in one. */
  readonly namespace?: string
  /** One sentence, without its end. */
  readonly cause: string
  /** What shows it, in the words of whoever said it. */
  readonly evidence: readonly string[]
  /** What to type, or to change. */
  readonly hints: readonly string[]
  /** How far down it lies: what is lower stops what is higher. */
  readonly depth: Depth
}

/** From the ground up. */
export const depths = [
  /** No engine, no containers, no API: nothing else can be told. */
  'machine',
  /** A node that does not run, is full, or has no network. */
  'node',
  /** What stops the API, or everybody who asks it. */
  'api',
  /** What a workload needs, and is not there. */
  'need',
  /** The workload itself. */
  'workload',
  /** It runs, and nobody gets there. */
  'way',
] as const
type Depth = (typeof depths)[number]

/** What a finding says of an object: its name, and its namespace. */
export const aboutObject = (object: KubeObject): Pick<Finding, 'about' | 'namespace'> => ({
  about: showRef(refOf(object)),
  ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
})
