import type { BuildConfig } from '../../config/config.ts'
import type { Place } from '../../core/problem.ts'
import type { Input } from '../../core/watch/inputs.ts'

/** An image of the file with its reference decided, before anything is built. */
export type ResolvedImage = {
  readonly key: string
  /** The repository as it stands in the manifests: every container that names it runs `ref` instead. */
  readonly name: string
  /** The full reference that runs: `repository:tag`, or the override. Undefined: the manifests' own stays. */
  readonly ref: string | undefined
  readonly repository: string | undefined
  readonly tag: string | undefined
  /** Hash of all that the image is made from (context, Dockerfile, arguments, target, base references), or of the override's text. */
  readonly inputs: string
  /** Set when it is built here. An override has none. */
  readonly build?: BuildConfig
  /** Keys of the images of the file that its Dockerfile starts from or copies from; they are built first. */
  readonly bases?: readonly string[]
  /** References of the Dockerfile that name one of these without its tag, which is worked out here: they are made to mean it. */
  readonly basesByName?: readonly { readonly key: string; readonly reference: string }[]
  /** Where the part of it lies that are files of this machine; an override has none. */
  readonly madeFrom?: readonly Input[]
  readonly at: Place
}
