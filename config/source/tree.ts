import { isAlias, isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Alias, Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import type { Place, Problem } from '../../core/problem.ts'
import { asNumberOrBoolean, interpolate } from '../interpolate.ts'
import type { Env } from '../interpolate.ts'
import type { Path } from '../path.ts'
import { pathKey } from '../path.ts'
import type { ParsedYaml } from './parse-yaml.ts'

type Scalars = string | number | boolean | null

/** Where one value of the file stands, and how else it could be read. */
export type Spot = {
  /** The key, or the item of a list. */
  readonly key: Place
  readonly value: Place
  /** As it is written, without quotes; undefined for maps and lists. */
  readonly written?: string
  /** What it is if the schema does not take it as it is: a number for a text that came from a variable, or the other way round. */
  readonly otherwise?: Scalars
  /** It has no quotes, and what it is was told by its letters alone. */
  readonly isPlain?: true
}

/** Plain data and where each of its values stands. */
export type Tree = {
  readonly root: Record<string, unknown>
  readonly spots: Map<string, Spot>
  readonly problems: readonly Problem[]
  /** Values that cannot be known, because a variable or an anchor is missing: no problem where a flag gives the value. The root is, where it is too large. */
  readonly unknown: { readonly path: Path; readonly problem: Problem }[]
}

// A file of aliases of aliases can stand for billions of values; no real one comes near this.
const most = 20_000

/** A mistake of the file; with no place where none of it is written. */
export const problemAt = (message: string, at: Place | undefined, hint?: string): Problem => ({
  severity: 'error',
  message,
  ...(at === undefined ? {} : { at }),
  ...(hint === undefined ? {} : { hint }),
})

/** Turns the nodes of YAML into plain data: aliases and merge keys followed, variables replaced, `x-` keys of the root left out. */
export const buildTree = (document: Document, map: YAMLMap, placeAt: ParsedYaml['placeAt'], env: Env): Tree => {
  const spots = new Map<string, Spot>()
  const problems: Problem[] = []
  const unknown: Tree['unknown'] = []
  const open = new Set<Node>()
  // Looking for an anchor goes through the whole document.
  const targets = new Map<Alias, Node>()
  let seen = 0

  const placeOf = (node: unknown): Place => placeAt((isNode(node) ? node.range?.[0] : undefined) ?? 0)
  const read = (node: unknown, path: Path, key: Place): unknown => {
    if (isAlias(node)) {
      const target = targets.get(node) ?? node.resolve(document)
      if (target !== undefined) targets.set(node, target)
      if (target === undefined) {
        unknown.push({ path, problem: noAnchor(node, placeOf(node)) })
        return undefined
      }
      return read(target, path, key)
    }
    const value = isMap(node) || isSeq(node) || isScalar(node) ? placeOf(node) : key
    if (++seen > most) {
      if (seen === most + 1)
        unknown.push({ path: [], problem: problemAt('The file is too large, or its aliases multiply.', value) })
      return undefined
    }
    if (isScalar(node)) return readScalar(node, path, key, value)
    spots.set(pathKey(path), { key, value })
    if (!isMap(node) && !isSeq(node)) return null
    if (open.has(node)) {
      unknown.push({ path, problem: problemAt('The anchor is used inside of itself.', value) })
      return undefined
    }
    open.add(node)
    const result = isSeq(node)
      ? node.items.map((item, index) => read(item, [...path, index], placeOf(item)))
      : readMap(node, path)
    open.delete(node)
    return result
  }

  const readMap = (node: YAMLMap, path: Path): Record<string, unknown> => {
    const result: Record<string, unknown> = {}
    for (const value of unmerged(node, document)) {
      const problem =
        isAlias(value) && value.resolve(document) === undefined
          ? noAnchor(value, placeOf(value))
          : problemAt(
              '`<<` takes in a map, or a list of maps, and this is none.',
              placeOf(value),
              'Write an alias of one: <<: *base',
            )
      unknown.push({ path: [...path, '<<'], problem })
    }
    for (const pair of [...mergedPairs(node, document), ...node.items.filter((item) => !isMergeKey(item))]) {
      const key = keyOf(pair)
      if (key === undefined || key === '__proto__') {
        const hint = 'Write a name before the colon, in quotes if it holds braces.'
        problems.push(problemAt('The key is no text.', placeOf(pair.key), hint))
      } else if (path.length > 0 || !key.startsWith('x-')) {
        result[key] = read(pair.value, [...path, key], placeOf(pair.key))
      }
    }
    return result
  }

  const readScalar = (node: Scalar, path: Path, key: Place, value: Place): unknown => {
    const written = node.source ?? String(node.value)
    if (typeof node.value !== 'string' || !node.value.includes('$')) {
      const isPlain = node.type === 'PLAIN' && node.tag === undefined
      spots.set(pathKey(path), { key, value, written, ...(isPlain && { isPlain }) })
      return node.value
    }
    const { text, whole, troubles } = interpolate(node.value, env)
    for (const trouble of troubles) {
      const quote = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0
      // In block scalars and escapes the offset in the text is not the one in the file: the beginning is exact enough.
      const shift =
        node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED' && written === node.value
          ? quote + trouble.offset
          : 0
      unknown.push({ path, problem: problemAt(trouble.message, placeAt((node.range?.[0] ?? 0) + shift), trouble.hint) })
    }
    const other = whole ? asNumberOrBoolean(text) : undefined
    if (other === undefined) spots.set(pathKey(path), { key, value, written })
    else if (node.type === 'PLAIN') spots.set(pathKey(path), { key, value, written, otherwise: text })
    else spots.set(pathKey(path), { key, value, written, otherwise: other })
    return other !== undefined && node.type === 'PLAIN' ? other : text
  }

  return { root: readMap(map, []), spots, problems, unknown }
}

const isMergeKey = (pair: Pair): boolean => isScalar(pair.key) && pair.key.source === '<<' && pair.key.type === 'PLAIN'

/** The pairs that `<<` brings in; a pair of the map itself wins over them, and an earlier merged map over a later one. */
const mergedPairs = (map: YAMLMap, document: Document, depth = 0): Pair[] => {
  if (depth > 20) return []
  return map.items.filter(isMergeKey).flatMap(({ value }) => {
    const target = isAlias(value) ? value.resolve(document) : value
    const sources = isSeq(target) ? target.items.toReversed() : [target]
    return sources.flatMap((source) => {
      const from = isAlias(source) ? source.resolve(document) : source
      return isMap(from)
        ? [...mergedPairs(from, document, depth + 1), ...from.items.filter((item) => !isMergeKey(item))]
        : []
    })
  })
}

/** What stands behind `<<` in a map and is nothing that it could take in. */
const unmerged = (map: YAMLMap, document: Document): unknown[] =>
  map.items.filter(isMergeKey).flatMap(({ value }) => {
    const target = isAlias(value) ? value.resolve(document) : value
    const sources: readonly unknown[] = isSeq(target) ? target.items : [value]
    return sources.filter((source) => !isMap(isAlias(source) ? source.resolve(document) : source))
  })

/** `*.yaml` is meant as a pattern by people, and an alias to YAML. */
const noAnchor = ({ source }: Alias, at: Place): Problem =>
  problemAt(
    `There is no anchor &${source} before *${source}.`,
    at,
    /^[\w-]+$/.test(source)
      ? `Write &${source} where the value stands.`
      : `Quote it, a text that begins with * is an alias in YAML: "*${source}"`,
  )

const keyOf = (pair: Pair): string | undefined => {
  if (!isScalar(pair.key) || pair.key.value === null) return undefined
  return typeof pair.key.value === 'string' ? pair.key.value : pair.key.source
}

/** Where the value of a path stands; undefined where nothing is written there. */
export const placeIn = (tree: Tree, path: Path): Place | undefined => tree.spots.get(pathKey(path))?.value
