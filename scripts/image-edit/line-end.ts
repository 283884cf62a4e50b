import { isMap, isScalar, isSeq, type Node } from 'yaml'
import { itemsOf, pairsOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'
import { at, placeAt, type YamlText } from './yaml-text.ts'

/** What stands last in a pair. */
export const lastLeaf = (pair: KeyValue): Node | null => {
  const { value } = pair
  if (isMap(value) && value.flow !== true) {
    const last = pairsOf(value).at(-1)
    return last ? lastLeaf(last) : value
  }
  if (!isSeq(value) || value.flow === true) return value
  const last = itemsOf(value).at(-1)
  const inner = isMap(last) ? pairsOf(last).at(-1) : undefined
  return inner ? lastLeaf(inner) : (last ?? value)
}

/**
 * Refuses to put lines behind a pair whose block of text ends the file without a line end: to Go it says something else with one.
 * Throws ConfigError with its place.
 */
export const demandLineEnd = (yaml: YamlText, pair: KeyValue): void => {
  const leaf = lastLeaf(pair)
  if (!isScalar(leaf) || leaf.type?.startsWith('BLOCK') !== true) return
  const [start = 0, end = 0] = leaf.range ?? []
  if (end < yaml.text.length || yaml.text.endsWith('\n') || /^[|>]\d?-/.test(yaml.text.slice(start, end))) return
  throw at(
    placeAt(yaml, start),
    'This text ends the file without a line end, and would have one if something stood behind it.',
    'End the file with a line end, if the text is to have one; else write |- before it.',
  )
}
