import { basename } from 'node:path'
import { isAlias, isMap, isScalar, isSeq, type Document, type Node, type YAMLMap } from 'yaml'
import type { Edit } from '../../core/yaml-edit/edits.ts'
import { itemsOf, type KeyValue } from '../../core/yaml-edit/nodes.ts'
import type { Difference } from './difference.ts'
import { addImage } from './kustomization-add.ts'
import { addPairs, pairNamed, removePair, renamePair, setValue } from '../../core/yaml-edit/pairs.ts'
import { said, type Said } from '../../core/yaml-edit/scalar.ts'
import { wrong, type Wanted } from './wanted.ts'
import { at, placeAt, type YamlText } from './yaml-text.ts'

const api = 'kustomize.config.k8s.io/'

/** Whether a file is kustomize's: by its API version, else by its name. Flux has a kind of the same name that is not. */
export const isKustomization = ({ documents, file }: Pick<YamlText, 'documents' | 'file'>): boolean => {
  const versions = documents.flatMap(({ contents }) => (isMap(contents) ? [contents.get('apiVersion') as unknown] : []))
  const stated = versions.filter((version) => typeof version === 'string')
  if (stated.length > 0) return stated.some((version) => version.startsWith(api))
  return /^kustomization(\.ya?ml)?$/i.test(basename(file))
}

/** What `images:` says otherwise than wanted: every entry of that name, or that there is none. */
export const kustomizationDifferences = (yaml: YamlText, wanted: Wanted): readonly Difference[] => {
  if (wanted.tag === undefined && wanted.digest === undefined)
    throw wrong(
      `\`${wanted.text}\` is no tag that ${wanted.name} could have.`,
      `Letters, digits, dots, dashes and underscores, 128 at most: ${wanted.name}=1.2.3`,
    )
  const entries = yaml.documents.flatMap((document) =>
    entriesOf(yaml, document)
      .filter((map) => textOf(document, map, 'name') === wanted.name)
      .map((map) => ({ document, map })),
  )
  if (entries.length === 0)
    return [
      {
        name: wanted.name,
        wanted: shown(wanted.tag, wanted.digest),
        found: null,
        at: placeOfList(yaml),
        fix: () => addImage(yaml, wanted.name, keysOf(wanted)),
      },
    ]
  return entries.flatMap(({ document, map }) => {
    const tag = textOf(document, map, 'newTag')
    const digest = textOf(document, map, 'digest')
    if (tag === (wanted.tag ?? null) && digest === (wanted.digest ?? null)) return []
    const key = ['newTag', 'digest'].map((name) => pairNamed(map, name)?.key).find((one) => one !== undefined)
    return [
      {
        name: wanted.name,
        wanted: shown(wanted.tag, wanted.digest),
        found: shownAs(tag, digest),
        at: placeAt(yaml, (key ?? map).range?.[0] ?? 0),
        fix: () => fixEntry(yaml, document, map, wanted),
      },
    ]
  })
}

const fixEntry = (yaml: YamlText, document: Document.Parsed, map: YAMLMap, wanted: Wanted): Edit[] => {
  const { text } = yaml
  const edits: Edit[] = []
  const missing: (readonly [string, string])[] = []
  const gone = ['newTag', 'digest'].filter((key) => !keysOf(wanted).some(([name]) => name === key))
  const over = gone.filter((key) => textOf(document, map, key) !== null).flatMap((key) => pairNamed(map, key) ?? [])
  const changed: (readonly [KeyValue, string])[] = []
  for (const [key, value] of keysOf(wanted)) {
    const pair = pairNamed(map, key)
    if (pair && textOf(document, map, key) !== value) changed.push([pair, value])
    else if (!pair) missing.push([key, value])
  }
  // A digest in the place of a tag, or a tag in that of a digest, leaves the lines as they are.
  for (const pair of over) {
    const instead = missing.shift()
    edits.push(...(instead ? renamePair(document, text, pair, instead) : removePair(text, map, pair)))
  }
  // Before the document is changed, which tells where things stand.
  if (missing.length > 0) edits.push(...addPairs(document, text, map, missing))
  return [...edits, ...changed.flatMap(([pair, value]) => setValue(document, text, pair, value))]
}

const keysOf = ({ tag, digest }: Wanted): (readonly [string, string])[] => [
  ...(digest === undefined ? [] : [['digest', digest] as const]),
  ...(tag === undefined ? [] : [['newTag', tag] as const]),
]

const entriesOf = (yaml: YamlText, document: Document.Parsed): YAMLMap[] => {
  const { contents } = document
  if (contents !== null && !isMap(contents) && !isNothing(contents))
    throw at(placeAt(yaml, contents.range[0]), 'This is no kustomization: it is no map.')
  const list = isMap(contents) ? followed(document, pairNamed(contents, 'images')?.value) : null
  if (list === null || isNothing(list)) return []
  if (isSeq(list))
    return itemsOf(list)
      .map((item) => followed(document, item))
      .filter((item) => isMap(item))
  throw at(placeAt(yaml, list.range?.[0] ?? 0), '`images` is no list of entries with name and newTag or digest.')
}

const isNothing = (node: Node | null): boolean => node === null || (isScalar(node) && node.value === null)

const followed = (document: Document.Parsed, node: Node | null | undefined): Node | null =>
  (isAlias(node) ? (node.resolve(document) as Node | undefined) : node) ?? null

/** What a key of an entry says; null where it is missing or empty. */
const textOf = (document: Document.Parsed, map: YAMLMap, key: string): Said => {
  const value = said(followed(document, pairNamed(map, key)?.value))
  return value === '' ? null : value
}

const placeOfList = (yaml: YamlText) => {
  const keys = yaml.documents.flatMap(({ contents }) =>
    isMap(contents) ? (pairNamed(contents, 'images')?.key ?? []) : [],
  )
  return placeAt(yaml, keys[0]?.range?.[0] ?? 0)
}

const shown = (tag: string | undefined, digest: string | undefined): string =>
  [tag, digest].filter((part) => part !== undefined).join('@')

const shownAs = (tag: Said, digest: Said): Said =>
  tag !== null && digest !== null ? `${String(tag)}@${String(digest)}` : (tag ?? digest)
