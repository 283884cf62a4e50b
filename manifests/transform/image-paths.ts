import { isRecord } from '../../core/is-record.ts'
import { textAt } from '../../core/fields.ts'
import type { ImagePathConfig } from '../../config/config.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { partsOf } from '../../cluster/reference.ts'
import { isBuiltIn } from '../kinds/built-in.ts'
import { matchesKind } from '../kinds/glob.ts'
import { imageRuleFor } from './image-rule.ts'
import type { ImageRule } from './rules.ts'

/** What tells where images stand beside the containers of pods. */
export type Places = { readonly images: readonly ImageRule[]; readonly imagePaths?: readonly ImagePathConfig[] }

/** The object with images of ours in the places that `imagePaths` names, and under keys `image` of custom resources. */
export const withImagesBeside = (object: KubeObject, places: Places): KubeObject => replaced(object, places, () => {})

/** The images of ours that stand there. */
export const imagesBeside = (object: KubeObject, places: Places): readonly ImageRule[] => {
  const found: ImageRule[] = []
  replaced(object, places, (rule) => void found.push(rule))
  return found
}

type Found = (rule: ImageRule) => void

const replaced = (object: KubeObject, { images, imagePaths = [] }: Places, found: Found): KubeObject => {
  if (images.length === 0) return object
  const { apiVersion, kind, metadata } = object
  const head = { apiVersion, kind, metadata }
  const rest = (value: unknown): KubeObject => ({ ...object, ...(isRecord(value) ? value : {}), ...head })
  const ofPaths = imagePaths
    .filter((one) => matchesKind(one.kind, object))
    .reduce((value: unknown, { path }) => atPath(value, path, (text) => reference(text, images, found)), object)
  return rest(isBuiltIn(object) ? ofPaths : underImage(ofPaths, images, found))
}

/** What stands at the end of the path, changed; `[]` is every element of a list. */
const atPath = (value: unknown, [key, ...rest]: readonly string[], change: (value: unknown) => unknown): unknown => {
  if (key === undefined) return change(value)
  if (key === '[]') return Array.isArray(value) ? value.map((item) => atPath(item, rest, change)) : value
  if (!isRecord(value) || !Object.hasOwn(value, key)) return value
  const next = atPath(value[key], rest, change)
  if (next === value[key]) return value
  return { ...value, [key]: next, ...(rest.length === 0 ? pulled(value) : {}) }
}

/** A reference as one text, or as a map of `repository` and `tag`. */
const reference = (value: unknown, images: readonly ImageRule[], found: Found): unknown => {
  if (typeof value === 'string') return ours(value, images, found)?.ref ?? value
  const repository = textAt(value, 'repository')
  if (!isRecord(value) || repository === undefined) return value
  const rule = ours(repository, images, found)
  if (!rule) return value
  const { repository: name, tag } = partsOf(rule.ref)
  return { ...value, repository: name, ...(tag === undefined ? {} : { tag }) }
}

const ours = (ref: string, images: readonly ImageRule[], found: Found): ImageRule | undefined => {
  const rule = imageRuleFor(ref, images)
  if (rule) found(rule)
  return rule
}

/** Keys `image` of custom resources hold what their controllers run. */
const underImage = (value: unknown, images: readonly ImageRule[], found: Found): unknown => {
  if (Array.isArray(value)) return value.map((item) => underImage(item, images, found))
  if (!isRecord(value)) return value
  const { image } = value
  const rule = typeof image === 'string' ? ours(image, images, found) : undefined
  const inner = Object.entries(value).map(([key, one]) => [key, underImage(one, images, found)] as const)
  return { ...Object.fromEntries(inner), ...(rule ? { image: rule.ref, ...pulled(value) } : {}) }
}

/** Beside an image that is put into the nodes, no registry is asked for it. */
const pulled = (beside: object): object =>
  textAt(beside, 'imagePullPolicy') === 'Always' ? { imagePullPolicy: 'IfNotPresent' } : {}
