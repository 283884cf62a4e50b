import { isAlias, isMap, isSeq, type Document, type Node } from 'yaml'
import { partsOf } from '../../cluster/reference.ts'
import { didYouMean } from '../../core/suggest.ts'
import type { Difference } from './difference.ts'
import { follow, pathsOf, segmentsOf, type Found } from './dotted-path.ts'
import { pairNamed, replaceNode, setValue } from '../../core/yaml-edit/pairs.ts'
import { said, type Said } from '../../core/yaml-edit/scalar.ts'
import type { Wanted } from './wanted.ts'
import { at, placeAt, type YamlText } from './yaml-text.ts'

/** A scalar, and what it should say. */
type Target = Found & { readonly path: string; readonly wanted: string }

/** What the scalars of a path say otherwise than wanted, in every document that has it. Throws where none has. */
export const valuesDifferences = (yaml: YamlText, wanted: Wanted): readonly Difference[] => {
  const found = yaml.documents.flatMap((document) => {
    const one = follow(yaml, document, wanted.name)
    return one ? [{ document, one }] : []
  })
  if (found.length === 0) throw missing(yaml, wanted.name)
  return found.flatMap(({ document, one }) =>
    targetsOf(yaml, document, one, wanted).flatMap((target) => differenceOf(yaml, document, target)),
  )
}

const differenceOf = (yaml: YamlText, document: Document.Parsed, target: Target): Difference[] => {
  const { node, pair, path, wanted } = target
  const found = saidBy(document, node)
  if (found === wanted) return []
  return [
    {
      name: path,
      wanted,
      found,
      at: placeAt(yaml, (pair?.key ?? node)?.range?.[0] ?? 0),
      fix: () => {
        if (pair) return setValue(document, yaml.text, pair, wanted)
        const edit = node && replaceNode(yaml.text, node, wanted)
        document.setIn(segmentsOf(path).map(indexOrKey), wanted)
        return edit ? [edit] : []
      },
    },
  ]
}

const targetsOf = (yaml: YamlText, document: Document.Parsed, found: Found, wanted: Wanted): readonly Target[] => {
  const { node } = found
  const place = placeAt(yaml, (found.pair?.key ?? node)?.range?.[0] ?? 0)
  const resolved = isAlias(node) ? node.resolve(document) : node
  if (isSeq(resolved)) throw at(place, `\`${wanted.name}\` is a list.`, `Say which item: ${wanted.name}.0`)
  if (isMap(resolved)) {
    if (isAlias(node)) follow(yaml, document, `${wanted.name}.tag`)
    return keysOfMap(yaml, found, wanted)
  }
  const value = saidBy(document, node)
  const last = segmentsOf(wanted.name).at(-1) ?? ''
  const reference = typeof value === 'string' && /image$/i.test(last) ? partsOf(value) : undefined
  if (reference && (reference.tag ?? reference.digest) !== undefined && (wanted.tag ?? wanted.digest) !== undefined)
    return [{ ...found, path: wanted.name, wanted: reference.repository + suffixOf(wanted) }]
  const text = wanted.text ?? (last === 'digest' ? wanted.digest : undefined)
  if (text !== undefined) return [{ ...found, path: wanted.name, wanted: text }]
  throw at(
    place,
    `\`${wanted.name}\` takes no digest: it is neither an image reference with a tag, nor a map with the key digest.`,
  )
}

/** A map as charts have it: with the keys tag and digest, of which the digest counts where both are set. */
const keysOfMap = (yaml: YamlText, { node, pair: own }: Found, wanted: Wanted): readonly Target[] => {
  const target = (key: string, value: string): Target[] => {
    const pair = isMap(node) ? pairNamed(node, key) : undefined
    if (pair) return [{ node: pair.value, pair, path: `${wanted.name}.${key}`, wanted: value }]
    throw at(
      placeAt(yaml, (own?.key ?? node)?.range?.[0] ?? 0),
      `\`${wanted.name}\` has no key \`${key}\`.`,
      `Only what is there is set. It has: ${pathsOf(node).join(', ') || 'nothing'}`,
    )
  }
  if (wanted.text !== undefined && wanted.tag === undefined)
    throw at(
      placeAt(yaml, (own?.key ?? node)?.range?.[0] ?? 0),
      `\`${wanted.name}\` is a map, and \`${wanted.text}\` is no tag.`,
    )
  const hasDigest = isMap(node) && pairNamed(node, 'digest')?.value && said(pairNamed(node, 'digest')?.value) !== null
  const digest = wanted.digest ?? (hasDigest ? '' : undefined)
  return [
    ...(wanted.tag === undefined ? [] : target('tag', wanted.tag)),
    ...(digest === undefined ? [] : target('digest', digest)),
  ]
}

const saidBy = (document: Document.Parsed, node: Node | null): Said =>
  said(isAlias(node) ? node.resolve(document) : node)

const suffixOf = ({ tag, digest }: Wanted): string =>
  (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`)

const indexOrKey = (segment: string): string | number => (/^\d+$/.test(segment) ? Number(segment) : segment)

const missing = (yaml: YamlText, path: string) => {
  const paths = yaml.documents.flatMap(({ contents }) => pathsOf(contents))
  const hint = didYouMean(path, [...new Set(paths)], 'Paths are dotted, from the root: image.tag')
  return at({ file: yaml.file }, `There is no \`${path}\` in it.`, hint)
}
