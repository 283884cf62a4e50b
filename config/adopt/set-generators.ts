import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../../core/errors.ts'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, textsAt, valueAt, type Fields } from '../../core/fields.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Generating, Generator, Key } from './generating.ts'
import { fromGit } from './set-git-generator.ts'
import { fill, flattened, isPlain, merged, withValues } from './set-template.ts'

/** The key of an entry of `generators` that names its generator, wherever it stands; empty where there is none. */
export const kindOf = (generator: unknown): string =>
  Object.keys(fieldsAt(generator)).find((key) => key !== 'selector' && key !== 'template') ?? ''

/** What an entry of `generators` fills the template with, once an Application; undefined, and said, where nobody here can tell. */
export const parametersOf = (generator: unknown, key: Key, generating: Generating): readonly Fields[] | undefined => {
  const kind = kindOf(generator)
  const one = fieldsAt(generator, kind)
  const of = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (!of)
    return generating.refuse(
      [...key, kind],
      `the generator ${kind || 'of this entry'} is not built yet: list, git, clusters, matrix and merge are.`,
    )
  const selector = fieldsAt(generator, 'selector')
  return of(one, [...key, kind], generating)?.filter((parameters) => isSelected(flattened(parameters), selector))
}

const fromList: Generator = (one, key, { isGo, refuse }) => {
  let more: unknown
  try {
    more = readValue(textAt(one, 'elementsYaml') ?? '[]', 'go2')
  } catch (error) {
    return refuse([...key, 'elementsYaml'], `its elementsYaml is no YAML: ${messageOf(error)}`)
  }
  return [...mapsAt(one, 'elements'), ...(Array.isArray(more) ? more.filter(isRecord) : [])].map((element) =>
    isGo ? element : flattened(element),
  )
}

/** This cluster, which has no Secret in Argo CD and so no labels. */
const fromClusters: Generator = (one, key, { refuse, isGo }) => {
  const option = Object.keys(one).find((name) => !['values', 'template'].includes(name) && !isEmpty(one[name]))
  if (option !== undefined)
    return refuse(
      [...key, option],
      `its clusters generator has \`${option}\`, and Argo CD knows no label of the cluster that it runs in.`,
    )
  const cluster = {
    name: 'in-cluster',
    nameNormalized: 'in-cluster',
    server: 'https://kubernetes.default.svc',
    project: '',
  }
  return [withValues(cluster, one, isGo)]
}

const isEmpty = (value: unknown): boolean => value === '' || (isRecord(value) && Object.values(value).every(isEmpty))

/** The second generator may name what the first one made. */
const fromMatrix: Generator = (one, key, generating) => {
  const [first, second, third] = listAt(one, 'generators')
  if (second === undefined || third !== undefined)
    return generating.refuse([...key, 'generators'], 'a matrix generator takes two generators.')
  const made = parametersOf(first, [...key, 'generators', 0], generating)
  if (!made) return undefined
  const rows: Fields[] = []
  for (const a of made) {
    const more = parametersOf(fill(second, a, generating.isGo), [...key, 'generators', 1], generating)
    if (!more) return undefined
    rows.push(...more.map((b) => merged(a, b)))
  }
  return rows
}

const fromMerge: Generator = (one, key, generating) => {
  const { refuse } = generating
  const keys = textListAt(one, 'mergeKeys')
  const generators = listAt(one, 'generators')
  if (keys.length === 0) return refuse(key, 'a merge generator needs mergeKeys.')
  if (generators.length < 2) return refuse([...key, 'generators'], 'a merge generator takes two generators or more.')
  let rows: readonly Fields[] = []
  for (const [index, inner] of generators.entries()) {
    const place = [...key, 'generators', index]
    const made = parametersOf(inner, place, generating)
    if (!made) return undefined
    const keyed = made.map((row) => ({ row, by: keys.map((name) => row[name]) }))
    const twin = keyed.find(({ by }, at) => keyed.findIndex((other) => isDeepStrictEqual(other.by, by)) < at)
    if (twin)
      return refuse(
        place,
        `two of its entries have the same ${keys.join(', ')}: ${twin.by.map((value) => textOf(value) ?? 'none').join(', ')}.`,
      )
    // The first generator says which there are. Keys with dots are those of flat parameters alone, as for Argo CD.
    rows =
      index === 0
        ? made
        : rows.map((row) => {
            const by = keys.map((name) => row[name])
            return merged(row, keyed.find((other) => isDeepStrictEqual(other.by, by))?.row ?? {})
          })
  }
  return rows
}

const kinds: Readonly<Record<string, Generator>> = {
  list: fromList,
  git: fromGit,
  clusters: fromClusters,
  matrix: fromMatrix,
  merge: fromMerge,
}

/** As a label selector of Kubernetes. */
const isSelected = (flat: Fields, selector: Fields): boolean =>
  Object.entries(textsAt(selector, 'matchLabels')).every(([name, text]) => textOf(flat[name]) === text) &&
  mapsAt(selector, 'matchExpressions').every((expression) => {
    const found = textOf(flat[textAt(expression, 'key') ?? ''])
    const values = textListAt(expression, 'values')
    const operator = valueAt(expression, 'operator')
    if (operator === 'Exists') return found !== undefined
    if (operator === 'DoesNotExist') return found === undefined
    const isOne = found !== undefined && values.includes(found)
    return operator === 'In' ? isOne : !isOne
  })

const textOf = (value: unknown): string | undefined => (isPlain(value) ? String(value) : undefined)
