import { readFileSync, type Dirent } from 'node:fs'
import { basename, dirname, join, matchesGlob } from 'node:path'
import { systemCode } from '../../core/errors.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { entriesOf } from '../../core/files-below.ts'
import { YamlError } from '../../core/go-yaml/cursor.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import type { Generator } from './generating.ts'
import { repositoryKey } from './repository-key.ts'
import { flattened, normal, withValues } from './set-template.ts'

const options = ['repoURL', 'revision', 'directories', 'files', 'values', 'pathParamPrefix', 'template']
/** They say how often the controller reads its remote. */
const passed = ['requeueAfterSeconds']

/** Folders or files of this repository, as the generator `git` has them. */
export const fromGit: Generator = (one, key, { repository, refuse, isGo }) => {
  const { root, remotes } = repository
  if (remotes !== undefined && !remotes.has(repositoryKey(textAt(one, 'repoURL') ?? '')))
    return refuse([...key, 'repoURL'], 'its git generator reads another repository.')
  const other = Object.keys(one).find((name) => !options.includes(name) && !passed.includes(name))
  if (other !== undefined) return refuse([...key, other], `\`${other}\` of its git generator is not built yet.`)
  const prefix = textAt(one, 'pathParamPrefix')
  const parameters = (path: string, filename?: string): Fields => pathParameters(path, { isGo, prefix, filename })
  const everything = entriesBelow(root, '').toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const folders = mapsAt(one, 'directories')
  if (folders.length > 0)
    return (
      everything
        // Argo CD leaves out what is hidden.
        .filter(({ entry, path }) => entry.isDirectory() && !path.split('/').some((part) => part.startsWith('.')))
        .filter(({ path }) => wanted(folders, path))
        .map(({ path }) => withValues(parameters(path), one, isGo))
    )
  const documents = everything
    .filter(({ entry, path }) => entry.isFile() && wanted(mapsAt(one, 'files'), path))
    .map(({ path }) => ({ path, ...documentIn(join(root, path)) }))
  const broken = documents.find(({ why }) => why !== undefined)
  if (broken) return refuse([...key, 'files'], `${broken.path}:${broken.why}`)
  return documents.flatMap(({ path, value: read }) =>
    (Array.isArray(read) ? read : [read]).map((item: unknown) => {
      const own = isGo ? fieldsAt(item) : flattened(fieldsAt(item))
      return withValues({ ...own, ...parameters(dirname(path), basename(path)) }, one, isGo)
    }),
  )
}

type Entry = { readonly entry: Dirent; readonly path: string }

const entriesBelow = (root: string, folder: string): readonly Entry[] =>
  entriesOf(join(root, folder)).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.name === '.git' || entry.name === 'node_modules') return []
    return [{ entry, path }, ...(entry.isDirectory() ? entriesBelow(root, path) : [])]
  })

const wanted = (among: readonly Fields[], path: string): boolean => {
  const isNamed = (excluded: boolean): boolean =>
    among.some((each) => (each['exclude'] === true) === excluded && matchesGlob(path, textAt(each, 'path') ?? ''))
  return isNamed(false) && !isNamed(true)
}

/** The first document of a file, and the line from which on it is none. */
const documentIn = (full: string) => {
  let text: string
  try {
    text = readFileSync(full, 'utf8')
  } catch (error) {
    return { value: undefined, why: `1 cannot be read (${systemCode(error)}).` }
  }
  try {
    return { value: readValue(text, 'go2'), why: undefined }
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    const line = text.slice(0, error.offset).split('\n').length
    return { value: undefined, why: `${line} is no YAML: ${error.message}.` }
  }
}

type Naming = {
  readonly isGo: boolean
  readonly prefix: string | undefined
  readonly filename: string | undefined
}

const pathParameters = (path: string, { isGo, prefix, filename }: Naming): Fields => {
  const segments = path.split('/')
  const more = filename === undefined ? {} : { filename, filenameNormalized: normal(filename) }
  if (isGo) {
    const own = {
      path: { path, basename: basename(path), basenameNormalized: normal(basename(path)), segments, ...more },
    }
    return prefix === undefined ? own : { [prefix]: own }
  }
  const before = prefix === undefined ? '' : `${prefix}.`
  return Object.fromEntries(
    Object.entries({
      path,
      'path.basename': basename(path),
      'path.basenameNormalized': normal(basename(path)),
      ...Object.fromEntries(segments.map((segment, index) => [`path[${index}]`, segment])),
      ...Object.fromEntries(Object.entries(more).map(([name, text]) => [`path.${name}`, text])),
    }).map(([name, text]) => [`${before}${name}`, text]),
  )
}
