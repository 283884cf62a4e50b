import { isRecord } from '../../core/is-record.ts'
import type { Problem } from '../../core/problem.ts'
import { partsOf, sameRepository, lastPart } from '../../cluster/reference.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { RenderedObject } from '../deployable.ts'
import { groupOf, isCrd } from '../kinds/kind.ts'
import type { ImageRule } from '../transform/rules.ts'
import { lineWith } from './line-with.ts'

/** An image of the file that an object names. */
type Mention = {
  readonly rule: ImageRule
  /** Keys and positions. */
  readonly path: readonly (string | number)[]
  readonly text: string
  /** It is the whole value, and no part of an argument such as `--image=…`. */
  readonly whole: boolean
  /** It is the very reference that runs. */
  readonly exact: boolean
}

/** Every place of an object where a text is an image of ours, or an argument that ends in one. */
export const mentionsIn = (object: KubeObject, images: readonly ImageRule[]): readonly Mention[] => {
  if (images.length === 0 || isCrd(object)) return []
  const found: Mention[] = []
  const ends = images.map(({ name }) => lastPart(name))
  // Every text of every object comes by: most are told apart without a word of where they stand.
  const path: (string | number)[] = []
  const walk = (value: unknown): void => {
    if (typeof value === 'string') {
      if (ends.some((end) => value.includes(end)) || images.some(({ ref }) => value.endsWith(ref)))
        found.push(...mentioned(value, [...path], images))
    } else if (Array.isArray(value)) for (const [index, item] of value.entries()) within(index, item)
    else if (isRecord(value)) for (const key of Object.keys(value)) within(key, value[key])
  }
  const within = (key: string | number, value: unknown): void => {
    path.push(key)
    walk(value)
    path.pop()
  }
  walk(object)
  return found
}

const mentioned = (text: string, path: Mention['path'], images: readonly ImageRule[]): readonly Mention[] => {
  const [, name, ref = ''] = /^(?:([\w./-]+)=)?([\w./:@-]+)$/.exec(text) ?? []
  if (ref === '') return []
  const keys = name === undefined ? path : [...path, name]
  return images.flatMap((rule) => {
    const exact = ref === rule.ref && ref.includes(':')
    if (!exact && !ref.includes(lastPart(rule.name))) return []
    if (!exact && !(sameRepository(partsOf(ref).repository, rule.name) && isPlausible(keys, ref))) return []
    return [{ rule, path, text, whole: name === undefined, exact }]
  })
}

/** `web` may be anything, and `team/web` a repository of git as well. */
const isPlausible = (keys: readonly (string | number)[], ref: string): boolean => {
  const [first] = keys
  if (first === 'metadata' && keys[1] !== 'annotations') return false
  if (/image/i.test(keys.join('.'))) return true
  return ref.includes('/') && !/repo|git|project|path|url|source/i.test(String(keys.at(-1)))
}

/** What names an image of ours where no reference is replaced: the nodes would ask a registry for what only this machine has. */
export const mentionProblems = (
  step: string,
  documents: readonly RenderedObject[],
  images: readonly ImageRule[],
): readonly Problem[] =>
  documents.flatMap(({ object, at }) =>
    mentionsIn(object, images)
      .filter(({ exact }) => !exact)
      .map(({ rule, path, text, whole }) => {
        const { apiVersion, kind, metadata } = object
        const shown = showKeys(path)
        const group = groupOf(apiVersion)
        return {
          severity: 'warning' as const,
          message: `${kind} ${metadata.name} names ${text} at ${shown}, where images are not replaced: ${rule.ref} is what the nodes are given.`,
          at: lineWith(text, at),
          step,
          hint: whole
            ? `Add \`imagePaths: [{ kind: ${group === '' ? kind : `${kind}.${group}`}, path: ${pathOf(path)} }]\` to the file.`
            : 'Only whole values are replaced: take the image from a variable of its own, or give it a fixed `tag:` and write that here.',
        }
      }),
  )

/** `spec.image`; elements of lists by their number. */
const showKeys = (path: Mention['path']): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('')

/** As `imagePaths` reads it: of a map of `repository` and `tag` the map. */
const pathOf = (path: Mention['path']): string => {
  const keys = path.at(-1) === 'repository' ? path.slice(0, -1) : path
  const text = keys
    .map((key, index) =>
      typeof key === 'number' ? '[]' : `${index === 0 ? '' : '.'}${key.replaceAll(/[.[\]\\]/g, String.raw`\$&`)}`,
    )
    .join('')
  return /[[\]\\]/.test(text) ? `'${text}'` : text
}
