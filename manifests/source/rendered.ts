import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import type { Changes } from '../../gitops/remote.ts'
import type { Problem } from '../../core/problem.ts'
import type { Input } from '../../core/watch/inputs.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import type { LocalOnly } from '../problems/local-only.ts'
import type { SecretUse } from '../problems/secret-uses.ts'

/** What is known of a deployable before anything is asked of a cluster. */
export type Rendered = {
  /** As they will be applied: every image, placement and label in place. Undefined: nobody could render them yet. */
  readonly objects?: readonly RenderedDocument[]
  /** The documents before anything was done to them, which know where their parts were written. */
  written?(): Promise<readonly RenderedDocument[]>
  /** What objects of Flux among them deploy: a controller brings it. */
  readonly brought?: readonly KubeObject[]
  /** What a controller has to do to what it reads in the git remote. */
  readonly changes?: Changes
  /** Why there are none. */
  readonly why?: string
  /** Objects of kindup's own that make it reachable; they are applied beside the others. */
  readonly exposed: readonly KubeObject[]
  readonly hosts: readonly string[]
  /** Wildcards that it answers to and under which nobody uses a name. */
  readonly wildcards?: readonly string[]
  /** References that its containers run. */
  readonly images: readonly string[]
  /** Those of them that stand where the renderer had put another. */
  readonly replaced: readonly string[]
  /** `group/Kind`s. */
  readonly kinds: readonly string[]
  /** `group/Kind`s that its CustomResourceDefinitions define. */
  readonly defines: readonly string[]
  /** Steps that have to come first, although nobody wrote so. */
  readonly needs: readonly string[]
  /** Secrets of the file that its objects read. */
  readonly secrets?: readonly SecretUse[]
  /** Its images that no registry brings; whether somebody here holds them, only an engine tells. */
  readonly localOnly?: readonly LocalOnly[]
  readonly problems: readonly Problem[]
  readonly fingerprint: Fingerprint
  /** Where the part of it lies that are files of this machine. */
  readonly madeFrom: readonly Input[]
}
