import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, matchesGlob, relative } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { messageOf } from '../../core/errors.ts'
import { fieldsAt, listAt, mapsAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { AdoptFinding } from '../adopted.ts'
import type { OwnRepository } from './own-repository.ts'
import { repositoryKey } from './repository-key.ts'
import type { WrittenObject } from './written-object.ts'

type Key = readonly (string | number)[]
type Refuse = (key: Key, message: string) => undefined

/**
 * The Applications that an ApplicationSet makes, by the generators list, git (files and folders of this repository), matrix of
 * two, and clusters where that is this one. Undefined, and said, where it takes another.
 */
export const applicationsOfSet = (
  set: WrittenObject,
  repository: OwnRepository,
  found: (finding: AdoptFinding) => void,
): readonly WrittenObject[] | undefined => {
  const refuse: Refuse = (key, message) => {
    found({ severity: 'error', message: `ApplicationSet ${set.name}: ${message}`, at: set.at(key) })
    return undefined
  }
  const { value } = set
  if (valueAt(value, 'spec', 'templatePatch') !== undefined)
    return refuse(['spec', 'templatePatch'], 'templatePatch is not built yet.')
  const isGo = valueAt(value, 'spec', 'goTemplate') === true
  const all: Fields[] = []
  for (const [index, generator] of listAt(value, 'spec', 'generators').entries()) {
    const made = parametersOf(generator, ['spec', 'generators', index], { repository, refuse, isGo })
    if (made === undefined) return undefined
    all.push(...made)
  }
  if (all.length === 0)
    found({
      severity: 'warning',
      message: `ApplicationSet ${set.name}: its generators make no Application of what is here.`,
      at: set.at(['spec', 'generators']),
    })
  const written: WrittenObject[] = []
  for (const parameters of all) {
    const filled = fill(fieldsAt(value, 'spec', 'template'), parameters, isGo)
    const open = firstOpen(filled)
    if (open !== undefined) return refuse(['spec', 'template'], `nothing of its generators fills in ${open}.`)
    const object = fieldsAt(filled)
    const metadata = {
      ...(textAt(value, 'metadata', 'namespace') === undefined
        ? {}
        : { namespace: textAt(value, 'metadata', 'namespace') }),
      ...fieldsAt(object, 'metadata'),
    }
    written.push({
      kind: 'Application',
      name: textAt(metadata, 'name') ?? '',
      value: { apiVersion: textAt(value, 'apiVersion') ?? '', kind: 'Application', ...object, metadata },
      at: (path = []) => set.at(['spec', 'template', ...path]),
    })
  }
  return written
}

type Generating = { readonly repository: OwnRepository; readonly refuse: Refuse; readonly isGo: boolean }

const parametersOf = (generator: unknown, key: Key, generating: Generating): readonly Fields[] | undefined => {
  const { refuse } = generating
  const kinds = Object.keys(fieldsAt(generator)).filter((one) => one !== 'selector' && one !== 'template')
  const [kind = ''] = kinds
  const one = fieldsAt(generator, kind)
  if (valueAt(generator, 'selector') !== undefined)
    return refuse([...key, 'selector'], 'a selector of a generator is not built yet.')
  if (kind === 'list') return mapsAt(one, 'elements')
  if (kind === 'git') return fromGit(one, [...key, 'git'], generating)
  if (kind === 'clusters' && Object.keys(one).every((option) => option === 'values'))
    return [
      {
        name: 'in-cluster',
        nameNormalized: 'in-cluster',
        server: 'https://kubernetes.default.svc',
        ...(one['values'] === undefined ? {} : { values: one['values'] }),
      },
    ]
  if (kind === 'matrix') {
    const both = listAt(one, 'generators').map((inner, index) =>
      parametersOf(inner, [...key, 'matrix', 'generators', index], generating),
    )
    const [first, second] = both
    if (first === undefined || second === undefined || both.length !== 2) return undefined
    return first.flatMap((a) => second.map((b) => ({ ...a, ...b })))
  }
  return refuse(
    [...key, kind],
    `the generator ${kind || 'of this entry'} is not built yet: list, git, matrix and clusters are.`,
  )
}

const fromGit = (one: Fields, key: Key, { repository, refuse, isGo }: Generating): readonly Fields[] | undefined => {
  const { root, remotes } = repository
  if (remotes !== undefined && !remotes.has(repositoryKey(textAt(one, 'repoURL') ?? '')))
    return refuse([...key, 'repoURL'], 'its git generator reads another repository.')
  const everything = readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: relative(root, join(entry.parentPath, entry.name)) }))
    .filter(({ path }) => !path.split('/').some((part) => part === '.git' || part === 'node_modules'))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const values = one['values'] === undefined ? {} : { values: one['values'] }
  const folders = mapsAt(one, 'directories')
  if (folders.length > 0) {
    const globs = (excluded: boolean): readonly string[] =>
      folders.filter(({ exclude }) => (exclude === true) === excluded).flatMap((fields) => textAt(fields, 'path') ?? [])
    return everything
      .filter(({ entry, path }) => entry.isDirectory() && globs(false).some((glob) => matchesGlob(path, glob)))
      .filter(({ path }) => !globs(true).some((glob) => matchesGlob(path, glob)))
      .map(({ path }) => ({ ...pathParameters(path, isGo), ...values }))
  }
  const files = mapsAt(one, 'files').flatMap((fields) => textAt(fields, 'path') ?? [])
  const documents = everything
    .filter(({ entry, path }) => entry.isFile() && files.some((glob) => matchesGlob(path, glob)))
    .map(({ path }) => ({ path, ...documentIn(join(root, path)) }))
  const broken = documents.find(({ why }) => why !== undefined)
  if (broken) return refuse([...key, 'files'], `${broken.path}:${broken.why}`)
  return documents.flatMap(({ path, value: read }) => {
    return (Array.isArray(read) ? read : [read]).map((item: unknown) => ({
      ...(isGo ? fieldsAt(item) : flattened(item)),
      ...pathParameters(dirname(path), isGo, basename(path)),
      ...values,
    }))
  })
}

/** The first document of a file, and the line from which on it is none. */
const documentIn = (full: string) => {
  const lineCounter = new LineCounter()
  const document = parseDocument(readFileSync(full, 'utf8'), { lineCounter, prettyErrors: false, logLevel: 'silent' })
  const error = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
  if (error) return { value: undefined, why: `${lineCounter.linePos(error.pos[0]).line} is no YAML: ${error.message}.` }
  try {
    const value: unknown = document.toJS()
    return { value, why: undefined }
  } catch (thrown) {
    // An alias of nothing.
    return { value: undefined, why: `1 is no YAML: ${messageOf(thrown)}` }
  }
}

const normal = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')

const pathParameters = (path: string, isGo: boolean, filename?: string): Fields => {
  const segments = path.split('/')
  const more = filename === undefined ? {} : { filename, filenameNormalized: normal(filename) }
  if (isGo)
    return { path: { path, basename: basename(path), basenameNormalized: normal(basename(path)), segments, ...more } }
  return {
    path,
    'path.basename': basename(path),
    'path.basenameNormalized': normal(basename(path)),
    ...Object.fromEntries(segments.map((segment, index) => [`path[${index}]`, segment])),
    ...Object.fromEntries(Object.entries(more).map(([name, text]) => [`path.${name}`, text])),
  }
}

const flattened = (value: unknown, before = ''): Fields =>
  Object.fromEntries(
    Object.entries(fieldsAt(value)).flatMap(([key, inner]): [string, unknown][] =>
      isRecord(inner) ? Object.entries(flattened(inner, `${before}${key}.`)) : [[`${before}${key}`, inner]],
    ),
  )

const placeholder = /\{\{-?\s*(.+?)\s*-?\}\}/g

const fill = (value: unknown, parameters: Fields, isGo: boolean): unknown => {
  if (typeof value === 'string')
    return value.replaceAll(placeholder, (whole, expression: string) => {
      const found = isGo
        ? goValue(expression, parameters)
        : (parameters[expression] ?? flattened(parameters)[expression])
      return isPlain(found) ? String(found) : whole
    })
  if (Array.isArray(value)) return value.map((item) => fill(item, parameters, isGo))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [String(fill(key, parameters, isGo)), fill(inner, parameters, isGo)]),
  )
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** `.a.b` and `index .path.segments 1`; whatever else Go's templates can stays open, and is said. */
const goValue = (expression: string, parameters: Fields): unknown => {
  const [, list, index] = /^index\s+\.([\w.]+)\s+(\d+)$/.exec(expression) ?? []
  if (list !== undefined) return valueAt(parameters, ...list.split('.'), Number(index))
  const [, way] = /^\.([\w.]+)$/.exec(expression) ?? []
  return way === undefined ? undefined : valueAt(parameters, ...way.split('.'))
}

const firstOpen = (value: unknown): string | undefined => {
  if (typeof value === 'string') return /\{\{.+?\}\}/.exec(value)?.[0]
  return typeof value === 'object' && value !== null
    ? Object.values(value)
        .map(firstOpen)
        .find((one) => one !== undefined)
    : undefined
}
