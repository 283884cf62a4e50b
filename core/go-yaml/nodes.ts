import type { ScalarStyle } from './tokens.ts'

type Properties = {
  /** Offset where it begins, its anchor and tag included. */
  readonly start: number
  /** As it is written, handles of `%TAG` resolved. */
  readonly tag?: string
  readonly anchor?: string
}

export type ScalarNode = Properties & { readonly kind: 'scalar'; readonly text: string; readonly style: ScalarStyle }
export type ListNode = Properties & { readonly kind: 'list'; readonly items: readonly YamlNode[] }
export type Pair = { readonly key: YamlNode; readonly value: YamlNode }
export type MapNode = Properties & { readonly kind: 'map'; readonly pairs: readonly Pair[] }
export type AliasNode = { readonly kind: 'alias'; readonly start: number; readonly name: string }

/** One node of a YAML document, before anything is made of its text. */
export type YamlNode = ScalarNode | ListNode | MapNode | AliasNode
