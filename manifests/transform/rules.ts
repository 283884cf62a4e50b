import type { Toleration } from '../../cluster/nodes/may-run.ts'
import type { ImagePathConfig, Labels } from '../../config/config.ts'
import type { Artifacts } from '../kinds/app-projects.ts'
import type { Configs } from './config-digests.ts'
import type { HeldReplicas } from './replicas.ts'

/** An image of the file as the transformation needs it. */
export type ImageRule = {
  readonly key: string
  /** The repository that the objects name. */
  readonly name: string
  /** What runs instead. */
  readonly ref: string
  /** What it is made of, as a hash: another one rolls the pods out although the reference stays. */
  readonly inputs: string
}

/** Where pods go, in the words of a pod's spec. */
export type Placement = {
  readonly nodeSelector: Labels
  readonly tolerations: readonly (Toleration & { readonly key: string; readonly effect: string })[]
}

/** A Secret of the file as the transformation needs it. */
export type SecretRule = {
  readonly name: string
  /** Where it is. */
  readonly namespaces: readonly string[]
  /** Where its keys are mounted as files, in this deployable. */
  readonly path?: string
  /** Namespace → a mark of its data there, which tells nothing but that it changed. Known once the Secret is there. */
  readonly stamps?: Readonly<Record<string, string>>
}

/** What the transform pipeline does to the objects of one deployable. Plain JSON: a helm run reads it from a file. */
export type Rules = {
  readonly cluster: string
  /** The step's id. */
  readonly step: string
  readonly images: readonly ImageRule[]
  /** Where references stand beside the containers of pods. */
  readonly imagePaths?: readonly ImagePathConfig[]
  readonly placement?: Placement
  /** Kinds to leave out: `KIND`, `KIND.group` or globs of it. */
  readonly skip: readonly string[]
  /** Something gives Services of type LoadBalancer addresses: they stay what they are. */
  readonly loadBalancers?: boolean
  /** helm brings them, as one release. */
  readonly release?: boolean
  /** What projects of Argo CD permit where they permit this repository. */
  readonly artifacts?: Artifacts
  /** Argo CD applies them, and runs those that are its own hooks. */
  readonly argocd?: boolean
  /** Where namespaced objects without a namespace go; helm does that by itself. */
  readonly namespace?: string
  /** The deployable's namespace: where objects without one come to be, whoever puts them there. */
  readonly home?: string
  readonly secrets?: readonly SecretRule[]
  /** What services of the file have in ConfigMaps and Secrets: pods that read one roll out when it changes. Left out: they do not. */
  readonly configs?: Configs
  /** References, not of the file, that the engine holds and puts into the nodes. Known once they are put there. */
  readonly held?: readonly string[]
  /** What autoscalers hold. Known once the cluster answers. */
  readonly replicas?: readonly HeldReplicas[]
}
