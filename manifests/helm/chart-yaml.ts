import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import { listAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { readFileNow, type Files } from '../../core/files.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Place } from '../../core/problem.ts'

/** A chart that another one names. */
export type Dependency = {
  readonly name: string
  /** A version or a range of them; empty means any. */
  readonly version: string
  /** Empty: it lies in `charts/`. */
  readonly repository: string
  readonly at: Place
  /** As it is written. */
  readonly written: Readonly<Record<string, unknown>>
}

/** What a chart folder says it is made of. */
export type ChartParts = {
  readonly dependencies: readonly Dependency[]
  /** Undefined where there is none. */
  readonly lock?: { readonly file: string; readonly locked: readonly Fields[]; readonly digest: string }
}

/** `name` and `version` of a chart folder; empty where they are not to be read. */
export const chartHead = (
  folder: string,
  files: Files = readFileNow,
): { readonly name: string; readonly version: string } => {
  const read = documentOf(join(folder, 'Chart.yaml'), files)?.value
  return { name: textAt(read, 'name') ?? '', version: textAt(read, 'version') ?? '' }
}

/** The charts that lie in `charts/` of a chart folder, as helm reads them: by what their Chart.yaml says, whatever they are called there. */
export const heldCharts = (
  folder: string,
  files: Files = readFileNow,
): readonly { readonly path: string; readonly name: string }[] => {
  const charts = join(folder, 'charts')
  return (existsSync(charts) ? readdirSync(charts) : []).map((entry) => {
    const path = join(charts, entry)
    const name = /^(.+?)-v?\d+\.\d+\.\d+.*\.tgz$/.exec(entry)?.[1] ?? chartHead(path, files).name
    return { path, name: name === '' ? entry : name }
  })
}

/** The dependencies of a chart folder, of the first generation of charts too, whose names stand in a file of their own. */
export const chartParts = (folder: string, files: Files = readFileNow): ChartParts => {
  const own = dependenciesIn(join(folder, 'Chart.yaml'), files)
  const requirements = dependenciesIn(join(folder, 'requirements.yaml'), files)
  const lock = lockIn(join(folder, 'Chart.lock'), files) ?? lockIn(join(folder, 'requirements.lock'), files)
  return { dependencies: requirements ?? own ?? [], ...(lock ? { lock } : {}) }
}

/** What cannot be read says so elsewhere: helm reads the same file. */
const documentOf = (file: string, files: Files) => {
  const content = files(file)
  if (content === undefined) return undefined
  const lines = new LineCounter()
  try {
    const document = parseDocument(content.toString('utf8'), { lineCounter: lines, logLevel: 'silent' })
    const value: unknown = document.toJS()
    return { document, value, lineOf: (offset: number) => lines.linePos(offset).line }
  } catch {
    return undefined
  }
}

const dependenciesIn = (file: string, files: Files): readonly Dependency[] | undefined => {
  const read = documentOf(file, files)
  if (!read || !isMap(read.document.contents)) return undefined
  const nodes = read.document.contents.get('dependencies')
  if (!isSeq(nodes)) return undefined
  return listAt(read.value, 'dependencies').flatMap((written, index) => {
    const name = textAt(written, 'name') ?? ''
    if (name === '' || !isRecord(written)) return []
    const node = nodes.items[index]
    const offset = isMap(node) ? node.range?.[0] : undefined
    return [
      {
        name,
        version: textAt(written, 'version') ?? '',
        repository: textAt(written, 'repository') ?? '',
        at: { file, ...(offset === undefined ? {} : { line: read.lineOf(offset) }) },
        written,
      },
    ]
  })
}

const lockIn = (file: string, files: Files): ChartParts['lock'] => {
  const read = documentOf(file, files)
  return read && { file, locked: mapsAt(read.value, 'dependencies'), digest: textAt(read.value, 'digest') ?? '' }
}

/** The version that counts: the one that the lock names. */
export const lockedVersion = ({ dependencies, lock }: ChartParts, dependency: Dependency): string => {
  // A chart may be there twice, in two versions: the lock has them in the same order.
  const same = lock?.locked[dependencies.indexOf(dependency)]
  const found =
    textAt(same, 'name') === dependency.name ? same : lock?.locked.find(({ name }) => name === dependency.name)
  return textAt(found, 'version') ?? dependency.version
}

/**
 * Whether the lock was made for these dependencies, as helm tells it. `repositories`: the address of each, where
 * it is written as an alias.
 */
export const isInStep = ({ dependencies, lock }: ChartParts, repositories: readonly string[]): boolean => {
  if (!lock) return true
  const asked = dependencies.map(({ written }) => written)
  const resolved = asked.map((one, index) => ({ ...one, repository: repositories[index] }))
  return [[resolved.map(asGo), lock.locked.map(asGo)], { dependencies: asked.map(asGo) }].some(
    (one) => `sha256:${createHash('sha256').update(goJson(one)).digest('hex')}` === lock.digest,
  )
}

/** The fields of helm's own structure, in its order, empty ones left out. */
const asGo = (one: Readonly<Record<string, unknown>>): unknown => {
  const { name = '', version, repository = '', condition, tags, enabled, alias } = one
  const imports = one['import-values']
  return {
    name: name ?? '',
    ...(version ? { version } : {}),
    repository: repository ?? '',
    ...(condition ? { condition } : {}),
    ...(Array.isArray(tags) && tags.length > 0 ? { tags } : {}),
    ...(enabled === true ? { enabled } : {}),
    ...(Array.isArray(imports) && imports.length > 0 ? { 'import-values': imports.map(sorted) } : {}),
    ...(alias ? { alias } : {}),
  }
}

const sorted = (value: unknown): unknown =>
  isRecord(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value

/** Go escapes what HTML would take for its own. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
