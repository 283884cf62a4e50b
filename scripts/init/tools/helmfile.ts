import { parseAllDocuments } from 'yaml'
import { isRecord } from '../../../core/is-record.ts'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, valueAt, type Fields } from '../../../core/fields.ts'
import type { File, FoundApplication, FoundTool, RemoteRelease } from '../found.ts'
import { folderOf, fromFolder, nameOf } from '../paths.ts'
import { filledAt, textOf } from '../read-yaml.ts'

/** Whether a file is one of helmfile's: by its name, or because it lies in a folder for them. */
export const isHelmfile = ({ path }: File): boolean =>
  /^helmfile(?:[.-][\w.-]+)?\.ya?ml(?:\.gotmpl)?$/.test(nameOf(path)) ||
  (/^helmfile\.d$/.test(nameOf(folderOf(path))) && /\.ya?ml(?:\.gotmpl)?$/.test(path))

const environmentName = /\{\{-?\s*\.Environment\.Name\s*-?\}\}/g

/** The releases of a helmfile, as far as no template makes them. */
export const readHelmfile = (
  file: File,
  { files, charts }: { readonly files: readonly File[]; readonly charts: ReadonlySet<string> },
): FoundTool | undefined => {
  const folder = folderOf(file.path)
  const left: string[] = []
  const text = textOf(file).replaceAll(environmentName, mark)
  const documents: readonly Fields[] = readAll(text)
  const repositories = new Map(
    documents.flatMap((document) =>
      mapsAt(document, 'repositories').flatMap(
        (one): readonly (readonly [string, { readonly url: string; readonly oci: boolean }])[] => {
          const [name, url] = [textAt(one, 'name'), filledAt(one, 'url')]
          return name === undefined || url === undefined || isTemplate(url)
            ? []
            : [[name, { url, oci: valueAt(one, 'oci') === true }]]
        },
      ),
    ),
  )
  const environments = [
    ...new Set(documents.flatMap((document) => Object.keys(fieldsAt(document, 'environments')))),
  ].filter((name) => name !== 'default')
  const releases = documents.flatMap((document) => mapsAt(document, 'releases'))
  if (releases.length === 0 && documents.every((document) => listAt(document, 'helmfiles').length === 0)) {
    // A file whose releases a template makes is no YAML.
    if (!/^releases:/m.test(text)) return undefined
    return {
      tool: 'helmfile',
      file: file.path,
      images: [],
      applications: [],
      remote: [],
      left: ['its releases, which a template makes'],
    }
  }
  const applications: FoundApplication[] = []
  const remote: RemoteRelease[] = []
  for (const release of releases) {
    const name = textAt(release, 'name') ?? ''
    const chart = textAt(release, 'chart') ?? ''
    const namespace = filledAt(release, 'namespace')
    if (name === '' || isTemplate(name) || name.includes(mark) || isTemplate(chart)) {
      left.push(
        `a release ${name === '' ? 'without a name' : `${name.replaceAll(mark, '{env}')} of ${chart}`}: a template makes its name or chart`,
      )
      continue
    }
    if (valueAt(release, 'installed') === false) continue
    const paths = textListAt(release, 'values').filter((path) => !isTemplate(path) && !path.endsWith('.gotmpl'))
    if (
      listAt(release, 'values').length > paths.length ||
      listAt(release, 'set').length > 0 ||
      listAt(release, 'secrets').length > 0
    )
      left.push(
        `values of ${name} that are written inline, made by a template or encrypted: they belong into a values file, or under set`,
      )
    if (filledAt(release, 'condition') !== undefined) left.push(`the condition of ${name}`)
    const valuesFor = (environment: string): readonly string[] =>
      paths
        .map((path) => fromFolder(folder, path.replaceAll(mark, environment)))
        .filter((path) => files.some((one) => one.path === path))
    const known = namespace === undefined || isTemplate(namespace) ? undefined : namespace
    const local = fromFolder(folder, chart)
    if (charts.has(local)) {
      const isFor = [...paths, known ?? ''].some((one) => one.includes(mark)) ? environments : []
      for (const environment of isFor.length > 0 ? isFor : [''])
        applications.push({
          file: file.path,
          name,
          namespace: known?.replaceAll(mark, environment),
          chart: local,
          values: valuesFor(environment).filter((path) => path !== `${local}/values.yaml`),
          release: name,
        })
      continue
    }
    const [alias = '', ...rest] = chart.split('/')
    const repository = repositories.get(alias)
    const version = filledAt(release, 'version')
    if (!chart.startsWith('oci://') && (repository === undefined || rest.length === 0)) {
      left.push(`its release ${name}: the chart ${chart} is neither here nor in a repository that it names`)
      continue
    }
    if (version !== undefined && !isVersion(version))
      left.push(`the version ${version.replaceAll(mark, '{env}')} of ${name}: one that is fetched is written whole`)
    remote.push({
      name,
      chart:
        repository?.oci === true
          ? `oci://${repository.url.replace(/^oci:\/\//, '')}/${rest.join('/')}`
          : repository
            ? rest.join('/')
            : chart,
      values: paths.some((path) => path.includes(mark)) ? [] : valuesFor(''),
      needs: textListAt(release, 'needs').map((need) => need.split('/').at(-1) ?? need),
      ...(repository && !repository.oci && { repo: repository.url }),
      ...(version !== undefined && isVersion(version) && { version }),
      ...(known !== undefined && !known.includes(mark) && { namespace: known }),
    })
  }
  if (documents.some((document) => isRecord(valueAt(document, 'hooks')) || listAt(document, 'hooks').length > 0))
    left.push('its hooks')
  return { tool: 'helmfile', file: file.path, images: [], applications, remote, left: [...new Set(left)] }
}

/** Stands for the name of the environment, in places where a brace would begin a map. */
const mark = '__ENVIRONMENT__'

/** One version, and no range of them. */
const isVersion = (text: string): boolean => /^v?\d+(?:\.\d+)*(?:[-+][\w.+-]+)?$/.test(text)

const isTemplate = (text: string): boolean => text.includes('{{')

const readAll = (text: string): readonly Fields[] => {
  try {
    return parseAllDocuments(text, { logLevel: 'silent', merge: true }).flatMap((document): readonly Fields[] => {
      if ('empty' in document && document.errors.length > 0) return []
      const data: unknown = document.errors.length > 0 ? undefined : document.toJS()
      return isRecord(data) ? [data] : []
    })
  } catch {
    return []
  }
}
