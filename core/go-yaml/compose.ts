import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../is-record.ts'
import { WholeNumber } from '../whole-number.ts'
import { scalarValue, type Dialect } from './dialect.ts'
import { YamlError } from './cursor.ts'
import type { AliasNode, MapNode, YamlNode } from './nodes.ts'

type DuplicateKey = {
  readonly key: string
  /** Offsets of the first and of the later one. */
  readonly first: number
  readonly again: number
  /** Whether both have the same value, so that it does not matter which one counts. */
  readonly equal: boolean
}

/** A document as a value, and where its parts stand. */
export type Composed = {
  readonly value: unknown
  readonly duplicates: readonly DuplicateKey[]
  /** The offset of what stands at a path of keys and positions, or of the nearest part above it that is written. */
  offsetOf(path: readonly (string | number)[]): number
}

type Anchor = {
  readonly node: YamlNode
  /** Undefined while it is still being made. `size` counts its values, aliases as often as they are used. */
  readonly made: { readonly value: unknown; readonly size: number } | undefined
}

/**
 * A node as the value that Go makes of it. What an alias stands for is shared and not copied.
 * Throws YamlError: an anchor that the document does not have, one that holds itself, aliases that grow without end.
 */
export const compose = (root: YamlNode, dialect: Dialect): Composed => {
  const anchors = new Map<string, Anchor>()
  const targets = new Map<AliasNode, YamlNode>()
  const duplicates: DuplicateKey[] = []
  const count = { all: 0, aliased: 0 }

  const valueOf = (node: YamlNode): unknown => {
    if (node.kind === 'alias') return aliased(node)
    const before = count.all++
    if (node.anchor === undefined) return ownValue(node)
    anchors.set(node.anchor, { node, made: undefined })
    const value = ownValue(node)
    // A part of it may have taken the same name.
    if (anchors.get(node.anchor)?.node === node)
      anchors.set(node.anchor, { node, made: { value, size: count.all - before } })
    return value
  }

  const aliased = (node: AliasNode): unknown => {
    const anchor = anchors.get(node.name)
    if (!anchor) throw new YamlError(`unknown anchor '${node.name}' referenced`, node.start)
    if (!anchor.made) throw new YamlError(`anchor '${node.name}' value contains itself`, node.start)
    targets.set(node, anchor.node)
    count.all += anchor.made.size
    count.aliased += anchor.made.size
    if (isExcessive(count)) throw new YamlError('document contains excessive aliasing', node.start)
    return anchor.made.value
  }

  const ownValue = (node: Exclude<YamlNode, AliasNode>): unknown => {
    switch (node.kind) {
      case 'scalar':
        return scalarValue(node, dialect)
      case 'list':
        return node.items.map(valueOf)
      case 'map':
        return mapValue(node)
    }
  }

  const mapValue = (node: MapNode): unknown => {
    const entries = new Map<string, unknown>()
    node.pairs.forEach((pair, index) => {
      if (isMerge(pair.key)) {
        for (const [key, value] of mergedEntries(pair.value))
          if (dialect === 'go2' || !entries.has(key)) entries.set(key, value)
        return
      }
      const key = keyText(pair.key, valueOf(pair.key))
      const value = valueOf(pair.value)
      if (entries.has(key)) {
        // Or it was merged, and is replaced on purpose.
        const before = node.pairs.slice(0, index).findLast((other) => isKey(other.key, key, dialect))
        const equal = isDeepStrictEqual(entries.get(key), value)
        if (before) duplicates.push({ key, first: before.key.start, again: pair.key.start, equal })
      }
      entries.set(key, value)
    })
    // Own properties whatever they are called, `__proto__` included.
    return Object.fromEntries(entries)
  }

  const mergedEntries = (node: YamlNode): ReadonlyMap<string, unknown> => {
    const target = node.kind === 'alias' ? anchors.get(node.name)?.node : node
    const value = valueOf(node)
    const maps: readonly unknown[] = target?.kind === 'list' && Array.isArray(value) ? value : [value]
    // The first of several maps counts most, so it comes last.
    return new Map(
      maps.toReversed().flatMap((map) => {
        if (isRecord(map)) return Object.entries(map)
        throw new YamlError('map merge requires map or sequence of maps as the value', node.start)
      }),
    )
  }

  const value = valueOf(root)

  const offsetOf = (path: readonly (string | number)[]): number => {
    let node = root
    for (const part of path) {
      const next = partOf(node.kind === 'alias' ? (targets.get(node) ?? node) : node, part)
      if (!next) break
      node = next
    }
    return node.start
  }
  const partOf = (node: YamlNode, part: string | number): YamlNode | undefined => {
    if (node.kind === 'list') return typeof part === 'number' ? node.items[part] : undefined
    if (node.kind !== 'map') return undefined
    const pair = node.pairs.findLast(({ key }) => isKey(key, String(part), dialect))
    if (!pair) return undefined
    // A value that is not written, or goes on over several lines, stands where its key does.
    const written = pair.value
    const isBeside = written.kind === 'scalar' && written.text !== '' && written.style !== 'block'
    return isBeside || written.kind === 'alias' ? written : { ...written, start: pair.key.start }
  }

  return { value, duplicates, offsetOf }
}

/** As Go has it: a small document may be made of aliases nearly as a whole, a large one to a tenth. */
const isExcessive = ({ all, aliased }: { readonly all: number; readonly aliased: number }): boolean => {
  if (all <= 100 || aliased <= 1000) return false
  const few = 400_000
  const many = 4_000_000
  const allowed = all <= few ? 0.99 : all >= many ? 0.1 : 0.99 - (0.89 * (all - few)) / (many - few)
  return aliased / all > allowed
}

const isMerge = (key: YamlNode): boolean =>
  key.kind === 'scalar' &&
  key.text === '<<' &&
  (key.tag === '!!merge' || (key.style === 'plain' && (key.tag === undefined || key.tag === '!')))

const isKey = (node: YamlNode, key: string, dialect: Dialect): boolean =>
  node.kind === 'scalar' && (node.text === key || String(scalarValue(node, dialect)) === key)

/** JSON has text for keys: numbers and booleans become theirs. */
const keyText = (node: YamlNode, value: unknown): string => {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean' || value instanceof WholeNumber) return String(value)
  throw new YamlError(
    value === null ? 'null is no key' : 'a key must be text, and this one is a list or a map',
    node.start,
  )
}
