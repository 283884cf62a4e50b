/** An object as a GitOps controller names it. */
export type Named = {
  readonly kind: string
  /** Empty for kinds of the cluster. */
  readonly namespace: string
  readonly name: string
  /** Undefined where the controller does not say it. */
  readonly group: string | undefined
}

export const showNamed = ({ kind, namespace, name }: Named): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
