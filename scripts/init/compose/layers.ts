import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isCollection, isPair, isScalar, parseDocument, visit } from 'yaml'
import { textAt, textListAt, valueAt } from '../../../core/fields.ts'
import { isRecord } from '../../../core/is-record.ts'
import { asWritten, folderOf, fromFolder } from '../paths.ts'
import { mostAliases } from '../read-yaml.ts'
import { readDotenv, readEnv } from './dotenv.ts'
import { at, merge, noTags, type MergeTags } from './merge.ts'
import { partlyIn, piecesOf } from './variables.ts'
import { rebasedFile, rebasedService } from './rebase.ts'

type Fields = Readonly<Record<string, unknown>>

export type Layers = {
  readonly data: Fields
  /** What was not taken in, and why. */
  readonly notes: readonly string[]
}

/**
 * What a compose file says with what it includes, what its services extend, and the override file beside it. `path` starts at
 * `folder`, paths in the answer start where the file is. Undefined where it is no compose file.
 */
export const readLayers = (folder: string, path: string): Layers | undefined => {
  const notes: string[] = []
  const base = folderOf(path)
  const main = loaded(folder, path, [], notes)
  if (main === undefined) return undefined
  const [override] = overrides.map((name) => fromFolder(base, name)).filter((one) => existsSync(join(folder, one)))
  const over = override === undefined ? undefined : loaded(folder, override, [], notes)
  if (override !== undefined && over === undefined)
    notes.push(`${asWritten(override)} is no compose file, and was not read.`)
  const data = over ? merge(main.data, over.data, over.tags) : main.data
  return isRecord(data) ? { data: withBases(data, folder, path), notes } : undefined
}

/** In the order that docker compose takes one of them. */
const overrides = ['compose', 'docker-compose'].flatMap((stem) =>
  ['yml', 'yaml'].map((end) => `${stem}.override.${end}`),
)

type Loaded = { readonly data: Fields; readonly tags: MergeTags }

/** One file with what it includes, and its services with what they extend. `above`: the files that include it. */
const loaded = (folder: string, path: string, above: readonly string[], notes: string[]): Loaded | undefined => {
  const file = parsed(folder, path)
  if (file === undefined) return undefined
  const { include, ...own } = file.data
  let data: Fields = withBases(own, folder, path)
  for (const { paths, project, envFiles } of included(include, folderOf(path))) {
    let all: Fields | undefined
    for (const one of paths) {
      const inner = above.includes(one) || one === path ? undefined : loaded(folder, one, [...above, path], notes)
      if (inner === undefined) {
        notes.push(
          `${isFar(one) ? one : asWritten(one)}, which ${asWritten(path)} includes, was not read: it is no compose file of this folder.`,
        )
        continue
      }
      const from = posix.relative(folderOf(path), project ?? folderOf(paths[0] ?? one)) || '.'
      const given = ownValues(folder, { path, from, envFiles })
      const { filled, left } = withOwnValues(inner.data, given)
      all = recordOf(merge(all, rebasedFile(filled, from), inner.tags))
      if (left.length > 0)
        notes.push(
          `${left.join(', ')}, which ${[...given.files].map(asWritten).join(' and ')} gives to the environment of services of ${asWritten(one)}: no password gets into a manifest; name the file in \`secrets\`.`,
        )
    }
    data = recordOf(merge(all, data))
  }
  return { data, tags: file.tags }
}

type Own = { readonly files: ReadonlySet<string>; readonly values: ReadonlyMap<string, string> }

/**
 * What `.env` of an included project gives to its variables, or the files that the entry names in its place. What `.env` beside
 * the file that includes it has counts before that. Source: "include" of the Compose specification.
 */
const ownValues = (
  folder: string,
  {
    path,
    from,
    envFiles,
  }: { readonly path: string; readonly from: string; readonly envFiles: readonly string[] | undefined },
): Own => {
  const base = folderOf(path)
  const files = envFiles ?? (from === '.' ? [] : [fromFolder(fromFolder(base, from), '.env')])
  const above = readDotenv(folder, base).values
  const found = files.map((file) => [file, readEnv(join(folder, file))?.entries ?? []] as const)
  return {
    files: new Set(found.filter(([, entries]) => entries.length > 0).map(([file]) => file)),
    values: new Map(
      found.flatMap(([, entries]) =>
        entries.filter(({ key }) => !above.has(key)).map(({ key, value }) => [key, value]),
      ),
    ),
  }
}

/** The file with these values, but for the environment of its services: `left` are the names that are wanted there. */
const withOwnValues = (
  data: Fields,
  { values }: Own,
): { readonly filled: Fields; readonly left: readonly string[] } => {
  if (values.size === 0) return { filled: data, left: [] }
  const left = new Set<string>()
  const filled = (value: unknown, path: readonly string[]): unknown => {
    const isEnvironment = path[0] === 'services' && path[2] === 'environment'
    if (typeof value === 'string') {
      const text = partlyIn(value, values)
      if (!isEnvironment || text === value) return text
      for (const piece of piecesOf(value)) if (typeof piece !== 'string' && values.has(piece.name)) left.add(piece.name)
      return value
    }
    if (Array.isArray(value)) return value.map((one: unknown) => filled(one, path))
    return isRecord(value) ? mapped(value, (one, key) => filled(one, [...path, key])) : value
  }
  return { filled: recordOf(filled(data, [])), left: [...left].toSorted() }
}

const mapped = (value: Fields, change: (one: unknown, key: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(value).map(([key, one]) => [key, change(one, key)]))

const recordOf = (value: unknown): Fields => (isRecord(value) ? value : {})

const isFar = (path: string): boolean => /^\w+:\/\/|^git@/.test(path)

/** Entries of `include`: paths from the top. */
const included = (
  include: unknown,
  base: string,
): readonly {
  readonly paths: readonly string[]
  readonly project: string | undefined
  readonly envFiles: readonly string[] | undefined
}[] =>
  (Array.isArray(include) ? include : []).map((entry: unknown) => {
    const written = isRecord(entry) ? [entry['path'] ?? []].flat() : [entry]
    const project = textAt(entry, 'project_directory')
    return {
      paths: written.map((path) => (isFar(String(path)) ? String(path) : fromFolder(base, String(path)))),
      project: project === undefined ? undefined : fromFolder(base, project),
      envFiles:
        valueAt(entry, 'env_file') === undefined
          ? undefined
          : [textAt(entry, 'env_file') ?? textListAt(entry, 'env_file')].flat().map((file) => fromFolder(base, file)),
    }
  })

/** Services over what they extend, as far as that is here. Else `extends` stays. */
const withBases = (data: Fields, folder: string, path: string): Fields => {
  const services = data['services']
  if (!isRecord(services)) return data
  return {
    ...data,
    services: Object.fromEntries(
      Object.keys(services).map((name) => [name, extended(services, name, { folder, path, below: [] })]),
    ),
  }
}

type Extending = { readonly folder: string; readonly path: string; readonly below: readonly string[] }

const extended = (services: Fields, name: string, { folder, path, below }: Extending): unknown => {
  const service = services[name]
  const written = valueAt(service, 'extends')
  if (!isRecord(service) || written === undefined) return service
  const other = typeof written === 'string' ? written : textAt(written, 'service')
  const far = textAt(written, 'file')
  const file = far === undefined ? path : fromFolder(folderOf(path), far)
  const there = far === undefined ? services : valueAt(parsed(folder, file)?.data, 'services')
  const mark = `${path} ${name}`
  // A circle, which Compose refuses, has no end.
  if (other === undefined || !isRecord(there) || !(other in there) || below.includes(mark)) return service
  const base = extended(there, other, { folder, path: file, below: [...below, mark] })
  if (valueAt(base, 'extends') !== undefined) return service
  const { extends: _extends, ...own } = service
  return merge(rebasedService(base, posix.relative(folderOf(path), folderOf(file)) || '.'), own)
}

const parsed = (folder: string, path: string): Loaded | undefined => {
  try {
    const document = parseDocument(readFileSync(join(folder, path), 'utf8'), { logLevel: 'silent', merge: true })
    if (document.errors.length > 0) return undefined
    const override = new Set<string>()
    const reset = new Set<string>()
    visit(document, {
      Node: (_key, node, ancestors) => {
        const tags = node.tag === '!reset' ? reset : node.tag === '!override' ? override : undefined
        if (tags === undefined || (!isScalar(node) && !isCollection(node))) return
        tags.add(at(ancestors.flatMap((one) => (isPair(one) && isScalar(one.key) ? [String(one.key.value)] : []))))
      },
    })
    const data: unknown = document.toJS({ maxAliasCount: mostAliases })
    return isRecord(data) ? { data, tags: override.size + reset.size === 0 ? noTags : { override, reset } } : undefined
  } catch {
    return undefined
  }
}
