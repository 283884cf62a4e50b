import { partsOf } from '../../cluster/reference.ts'
import { ConfigError } from '../../core/errors.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { applyEdits } from '../../core/yaml-edit/edits.ts'
import type { Said } from '../../core/yaml-edit/scalar.ts'
import { kustomizationDifferences } from '../image-edit/kustomization.ts'
import { addImage } from '../image-edit/kustomization-add.ts'
import type { Wanted } from '../image-edit/wanted.ts'
import { parseYamlText, placeAt, type YamlText } from '../image-edit/yaml-text.ts'
import { leavesOf, showLeafPath, type Leaf } from './leaves.ts'
import { setLeaf } from './set-leaf.ts'

/** What a file of the environment that is promoted to should say. */
export type Want = {
  readonly service: string
  /** Where it is copied from. */
  readonly from: Place
} & (
  | {
      readonly document: number
      readonly path: readonly string[]
      readonly text: string
      readonly isReference: boolean
    }
  /** An entry of a kustomization's `images`; `newName` only counts where there is no such entry. */
  | { readonly image: Wanted; readonly newName?: string }
)

/** One value that was changed, or would be. `from` is null where there was nothing. */
export type Change = {
  readonly service: string
  readonly name: string
  readonly from: Said
  readonly to: string
  /** Where it stands; where it will, if it is new. */
  readonly at: Place
}

/** The text with all that is wanted of it. Throws ConfigError with all places where that cannot be. */
export const editFile = (
  text: string,
  file: string,
  wants: readonly Want[],
): { readonly text: string; readonly changes: readonly Change[]; readonly missing: readonly Want[] } => {
  let edited = text
  const changes: Change[] = []
  const missing: Want[] = []
  for (const want of wants) {
    const yaml = parseYamlText(edited, file)
    const made = 'image' in want ? imageEdits(yaml, want) : leafEdits(yaml, want)
    if (made === undefined) missing.push(want)
    else if (made.edits.length > 0) {
      edited = applyEdits(edited, made.edits)
      changes.push({ ...made.change, service: want.service })
    }
  }
  checkOnlyWanted(parseYamlText(text, file), parseYamlText(edited, file), wants)
  return { text: edited, changes, missing }
}

type Made = { readonly edits: Parameters<typeof applyEdits>[1]; readonly change: Omit<Change, 'service'> }

const leafEdits = (yaml: YamlText, want: Extract<Want, { path: unknown }>): Made | undefined => {
  const document = yaml.documents[want.document]
  if (!document && (want.document > 0 || yaml.documents.length > 0)) return undefined
  const { path, text, isReference } = want
  const found = document && leavesOf(document).find((leaf) => showLeafPath(leaf.path) === showLeafPath(path))
  const to = isReference && found ? withSuffix(found, text) : text
  const at = placeAt(yaml, found?.offset ?? Math.max(0, yaml.text.trimEnd().length - 1))
  const change = { name: showLeafPath(path), from: found?.value ?? null, to, at }
  if (found?.value === to || (isReference && !found)) return found ? { edits: [], change } : undefined
  const edits = setLeaf({ yaml, document, path }, to)
  return edits && { edits, change }
}

const withSuffix = ({ value }: Leaf, suffix: string): string => {
  const whole = String(value)
  const sign = whole.indexOf('=') + 1
  return whole.slice(0, sign) + partsOf(whole.slice(sign)).repository + suffix
}

const imageEdits = (yaml: YamlText, { image, newName }: Extract<Want, { image: unknown }>): Made => {
  const [first, ...more] = kustomizationDifferences(yaml, image)
  if (!first) return { edits: [], change: { name: image.name, from: null, to: '', at: { file: yaml.file } } }
  const { name, wanted: to, found: from, at } = first
  const change = { name, from, to, at }
  const isThere = yaml.documents.some((document) =>
    leavesOf(document).some(({ path, value }) => path[0] === 'images' && path.at(-1) === 'name' && value === name),
  )
  if (isThere || newName === undefined) return { edits: [first, ...more].flatMap(({ fix }) => fix()), change }
  const keys = [
    ['newName', newName],
    ...(image.tag === undefined ? [] : [['newTag', image.tag]]),
    ...(image.digest === undefined ? [] : [['digest', image.digest]]),
  ].map(([key = '', value = '']) => [key, value] as const)
  return { edits: addImage(yaml, name, keys), change: { ...change, to: `${newName}:${to}`.replace(':sha', '@sha') } }
}

/** Every value that nobody asked to change must read as before. */
const checkOnlyWanted = (before: YamlText, after: YamlText, wants: readonly Want[]): void => {
  const wanted = new Set(wants.map((want) => ('path' in want ? `${want.document} ${showLeafPath(want.path)}` : '')))
  const hasImages = wants.some((want) => 'image' in want)
  const [old, now] = [valuesOf(before), valuesOf(after)]
  const isAsked = (key: string): boolean =>
    wanted.has(key) ||
    (hasImages && /^\d+ images($|\[)/.test(key)) ||
    // What was null or an empty map holds something now.
    [...wanted].some((one) => one.startsWith(`${key}.`) || one.startsWith(`${key}[`))
  const problems: Problem[] = []
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const [was, is] = [old.get(key), now.get(key)]
    if (was?.value === is?.value || isAsked(key)) continue
    problems.push({
      severity: 'error',
      message: `\`${key.replace(/^\d+ /, '')}\` would change as well: it reads the same value through an anchor.`,
      at: placeAt(before, was?.offset ?? 0),
      hint: 'Write its value out, and promote again.',
    })
  }
  for (const want of wants) {
    if (!('path' in want) || want.isReference) continue
    const key = `${want.document} ${showLeafPath(want.path)}`
    const is = now.get(key)
    if (is && String(is.value ?? '') !== want.text)
      problems.push({
        severity: 'error',
        message: `\`${showLeafPath(want.path)}\` cannot be ${want.text} and what else is wanted of it at once.`,
        at: want.from,
      })
  }
  if (problems.length > 0)
    throw new ConfigError(`${before.file} is written in a way that this cannot be promoted to it.`, {
      code: 'promote',
      problems,
    })
}

const valuesOf = (yaml: YamlText): ReadonlyMap<string, Leaf> =>
  new Map(
    yaml.documents.flatMap((document, index) =>
      leavesOf(document).map((leaf) => [`${index} ${showLeafPath(leaf.path)}`, leaf] as const),
    ),
  )
