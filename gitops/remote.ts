import type { Fields } from '../core/fields.ts'

/** What a GitOps controller is to read by itself, from this repository's own git remote. Plain JSON: the cluster remembers it. */
export type Remote = {
  /** Without a login. */
  readonly url: string
  /** The branch that is followed, or the one commit that is deployed. */
  readonly at: { readonly branch: string } | { readonly commit: string }
  /** The commit that the branch was at when git here last asked: another one has the controller look again. */
  readonly known?: string
  /** The folder, from the root of the repository; `.` for the root itself. */
  readonly path: string
  readonly of: RemoteKind
  /** What is done to what the remote holds, so that it is what kindup would deploy. Known once the files here are rendered. */
  readonly changes?: Changes
}

type RemoteKind =
  | {
      readonly kind: 'chart'
      readonly release: string
      /** From the root of the repository, lowest first. */
      readonly valueFiles: readonly string[]
      /** Above those. */
      readonly values: Fields
      /** The chart has values of its own. */
      readonly hasValues: boolean
    }
  | { readonly kind: 'kustomization' }
  /** `files`: from the folder, where not all in it and below are meant. */
  | { readonly kind: 'manifests'; readonly files?: readonly string[] }

/** In the words of a kustomization. */
export type Changes = {
  readonly patches: readonly Fields[]
  readonly images: readonly KustomizeImage[]
  /** Where Flux is to put it; left out where the objects say it themselves. */
  readonly namespace?: string
}

export type KustomizeImage = {
  readonly name: string
  readonly newName: string
  readonly newTag?: string
  readonly digest?: string
}

/** The commit or the branch, as both tools are told. */
export const revisionOf = ({ at }: Pick<Remote, 'at'>): string => ('commit' in at ? at.commit : at.branch)

/** The remote of a delivery that is by one. */
export const remoteIn = ({ name, remote }: { readonly name: string; readonly remote?: Remote }): Remote => {
  if (!remote) throw new Error(`${name} has no remote`)
  return remote
}
