import type { Labels } from '../../core/config/config.ts'

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

/** A pod's toleration, as in its spec. */
export type Toleration = {
  readonly key: string
  readonly operator: 'Equal'
  readonly value: string
  readonly effect: string
}

/** What the one place does to the objects of one deployable. Plain JSON: a helm run reads it from a file. */
export type Rules = {
  readonly cluster: string
  /** The step's id. */
  readonly step: string
  readonly images: readonly ImageRule[]
  readonly placement?: { readonly nodeSelector: Labels; readonly tolerations: readonly Toleration[] }
  /** Kinds to leave out: `KIND`, `KIND.group` or globs of it. */
  readonly skip: readonly string[]
  /** Where namespaced objects without a namespace go; helm does that by itself. */
  readonly namespace?: string
}
