/** One Kubernetes Secret, called `key`, in several namespaces. The step is `secret/<key>`. */
export type SecretConfig = {
  readonly key: string
  readonly from: SecretSource
  /** Names of namespaces. */
  readonly namespaces: readonly string[]
  /** Undefined: that of the Secret it copies, else `Opaque`. */
  readonly type?: string
  readonly mount?: { readonly services: readonly string[]; readonly path: string }
}

/** Where the data of a Secret comes from: all of it together, the later wins (in this order). */
type SecretSource = {
  /** `namespace/name` of a Secret in the cluster. */
  readonly secret?: string
  /** Key → length. */
  readonly random: Readonly<Record<string, number>>
  /** Absolute path of a file of `KEY=value` lines. */
  readonly envFile?: string
  /** Absolute path of the file that names the keys `envFile` must have. */
  readonly template?: string
  /** Absolute paths of files that SOPS encrypted. */
  readonly sops: readonly string[]
  /** Key → absolute path. */
  readonly files: Readonly<Record<string, string>>
  readonly literals: Readonly<Record<string, string>>
}
