import { existsSync, statSync } from 'node:fs'
import { join, resolve, matchesGlob, relative } from 'node:path'
import { fieldsAt, mapsAt, textAt, textListAt, textsAt, type Fields } from '../../core/fields.ts'
import { isInside } from '../../core/paths.ts'
import type { AdoptedSource, Adopted, AdoptFinding } from '../adopted.ts'
import type { Around, Key, Source } from './application-source.ts'
import { helmOf } from './helm-source.ts'
import type { OwnRepository } from './own-repository.ts'
import { repositoryKey } from './repository-key.ts'
import type { WrittenObject } from './written-object.ts'
import { entriesOf } from '../../core/files-below.ts'

/** Thrown for what cannot be carried out; the Application is left out with it. */
class Refused extends Error {
  readonly finding: AdoptFinding
  constructor(finding: AdoptFinding) {
    super(finding.message)
    this.finding = finding
  }
}

/**
 * What an Application deploys from the working tree: every source of this repository leads to the files as they are here.
 * One that names nothing of this repository stays as it is; all do where no repository is given.
 */
export const readApplication = (
  written: WrittenObject,
  repository: OwnRepository | undefined,
  found: (finding: AdoptFinding) => void,
): Adopted | undefined => {
  try {
    return adopted(written, repository, found)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    found(error.finding)
    return undefined
  }
}

const adopted = (
  written: WrittenObject,
  own: OwnRepository | undefined,
  found: (finding: AdoptFinding) => void,
): Adopted => {
  const { value, name, at } = written
  const refuse = (key: Key, message: string, hint?: string): never => {
    throw new Refused({
      severity: 'error',
      message: `Application ${name}: ${message}`,
      at: at(key),
      ...(hint === undefined ? {} : { hint }),
    })
  }
  const warn = (key: Key, message: string): void =>
    found({ severity: 'warning', message: `Application ${name}: ${message}`, at: at(key) })
  const namespace = textAt(value, 'spec', 'destination', 'namespace') ?? 'default'
  const base = { name, namespace, at: at(['metadata', 'name']) }
  const { file } = at()
  const creates = asksForNamespace(fieldsAt(value, 'spec')) ? [namespace] : []
  const asItIs: Adopted = {
    ...base,
    creates,
    source: { kind: 'manifests', paths: [file], only: { kind: written.kind, name } },
  }
  const repository = own
  if (!repository) return asItIs
  const sources = sourcesOf(written, repository)
  if (sources.length === 0) refuse(['spec'], 'it has no source.')
  if (sources.every(({ isOwn }) => !isOwn)) return asItIs
  const rendering = sources.filter(
    ({ fields }) =>
      textAt(fields, 'chart') !== undefined ||
      textAt(fields, 'path') !== undefined ||
      textAt(fields, 'ref') === undefined,
  )
  const [first, second] = rendering
  if (!first) return refuse(['spec', 'sources'], 'none of its sources deploys anything: each is a `ref` for others.')
  if (second)
    refuse(
      second.key,
      'several sources that deploy something are not built yet.',
      'Make an Application of each; sources with `ref` alone are fine.',
    )
  const server = textAt(value, 'spec', 'destination', 'server') ?? textAt(value, 'spec', 'destination', 'name')
  if (server !== undefined && !/^(https:\/\/kubernetes\.default\.svc|in-cluster)$/.test(server))
    warn(['spec', 'destination'], `it goes to this cluster, and not to ${server}.`)
  for (const { fields, key, isOwn } of sources) {
    const revision = textAt(fields, 'targetRevision') ?? 'HEAD'
    if (isOwn && /^(v?\d+\.\d+[\w.+-]*|[0-9a-f]{7,40}|refs\/tags\/.+)$/.test(revision))
      warn([...key, 'targetRevision'], `it is pinned to ${revision}, and what is deployed is the working tree.`)
  }
  const [guessed] = repository.remotes === undefined ? sources.filter(({ isOwn }) => isOwn) : []
  if (guessed)
    found({
      severity: 'warning',
      message: `${textAt(guessed.fields, 'repoURL') ?? 'Its repository'} is taken for this folder, which has no git remote that says so.`,
      at: at([...guessed.key, 'repoURL']),
      hint: 'git remote add origin URL',
    })
  const metadata = fieldsAt(value, 'metadata')
  const { source: _source, sources: _sources, sourceHydrator: _hydrator, ...spec } = fieldsAt(value, 'spec')
  const { ['kubectl.kubernetes.io/last-applied-configuration']: _last, ...annotations } = textsAt(
    metadata,
    'annotations',
  )
  const home = textAt(metadata, 'namespace')
  return {
    ...base,
    source: sourceOf({ ...first, all: sources, name, namespace, at, repository, refuse, warn }),
    application: {
      ...(home === undefined ? {} : { namespace: home }),
      spec: { ...spec, destination: { server: 'https://kubernetes.default.svc', namespace } },
      labels: textsAt(metadata, 'labels'),
      annotations,
    },
  }
}

/** Whether Argo CD is to make the namespace that it deploys to. */
export const asksForNamespace = (spec: Fields): boolean =>
  textListAt(spec, 'syncPolicy', 'syncOptions').includes('CreateNamespace=true')

/** `sources` wins where both are there, as for Argo CD; an empty one does not. */
const sourcesOf = ({ value }: WrittenObject, { remotes, root }: OwnRepository): readonly Source[] => {
  const spec: Key = ['spec']
  const several = mapsAt(value, ...spec, 'sources')
  const one = fieldsAt(value, ...spec, 'source')
  const isOwn = (fields: Fields): boolean =>
    textAt(fields, 'chart') === undefined &&
    (remotes === undefined
      ? existsSync(join(root, textAt(fields, 'path') ?? '.'))
      : remotes.has(repositoryKey(textAt(fields, 'repoURL') ?? '')))
  if (several.length > 0)
    return several.map((fields, index) => ({ fields, key: [...spec, 'sources', index], isOwn: isOwn(fields) }))
  return Object.keys(one).length === 0 ? [] : [{ fields: one, key: [...spec, 'source'], isOwn: isOwn(one) }]
}

const sourceOf = (dependencies: Around): AdoptedSource => {
  const { fields, key, isOwn, repository, refuse } = dependencies
  const chart = textAt(fields, 'chart')
  if (fields['plugin'] !== undefined)
    refuse([...key, 'plugin'], 'what a plugin makes is Argo CD’s alone: it cannot be rendered here.')
  if (!isOwn && chart === undefined)
    refuse(
      [...key, 'repoURL'],
      'it takes values from this repository and its chart from another one by git: only the controller could read that.',
    )
  if (chart !== undefined) return helmOf(dependencies, undefined)
  const path = textAt(fields, 'path') ?? '.'
  const folder = resolve(repository.root, path)
  if (!isInside(folder, repository.root)) refuse([...key, 'path'], `${path} leads out of the repository.`)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    refuse([...key, 'path'], `there is no folder ${path} in this repository.`, `Paths start at ${repository.root}.`)
  const has = (...names: readonly string[]): boolean => names.some((name) => existsSync(join(folder, name)))
  if (
    fields['helm'] !== undefined ||
    (has('Chart.yaml') && fields['kustomize'] === undefined && fields['directory'] === undefined)
  ) {
    if (!has('Chart.yaml')) refuse([...key, 'path'], `the folder ${path} holds no Chart.yaml, so it is no chart.`)
    return helmOf(dependencies, folder)
  }
  if (
    fields['kustomize'] !== undefined ||
    (has('kustomization.yaml', 'kustomization.yml', 'Kustomization') && fields['directory'] === undefined)
  ) {
    const [option] = Object.keys(fieldsAt(fields, 'kustomize')).filter((one) => one !== 'version')
    if (option !== undefined)
      refuse(
        [...key, 'kustomize', option],
        `kustomize.${option} is not built yet.`,
        'Write it into the kustomization itself.',
      )
    return { kind: 'kustomize', folder }
  }
  const directory = fieldsAt(fields, 'directory')
  if (directory['jsonnet'] !== undefined) refuse([...key, 'directory', 'jsonnet'], 'jsonnet is not built yet.')
  const paths = directoryFiles(folder, {
    recurse: directory['recurse'] === true,
    include: textAt(directory, 'include'),
    exclude: textAt(directory, 'exclude'),
  })
  if (paths.length === 0)
    refuse(
      [...key, 'path'],
      `there is no manifest in ${path}${directory['recurse'] === true ? '' : ' itself (directory.recurse takes the folders below it too)'}.`,
    )
  return { kind: 'manifests', paths }
}

type Options = {
  readonly recurse: boolean
  /** A glob, or several as `{a,b}`. */
  readonly include?: string | undefined
  readonly exclude?: string | undefined
}

const fits = (path: string, glob: string): boolean => matchesGlob(path, glob) || matchesGlob(path, `**/${glob}`)

/** The manifests that Argo CD takes from a folder: YAML and JSON, sorted by path. */
const directoryFiles = (folder: string, { recurse, include, exclude }: Options): readonly string[] =>
  filesIn(folder, recurse)
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .filter((file) => include === undefined || include === '' || fits(relative(folder, file), include))
    .filter((file) => exclude === undefined || exclude === '' || !fits(relative(folder, file), exclude))
    .toSorted()

/** Links among them; git has nothing of its own folder. */
const filesIn = (folder: string, recurse: boolean): readonly string[] =>
  entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return recurse && entry.name !== '.git' ? filesIn(path, true) : []
    return entry.isFile() || entry.isSymbolicLink() ? [path] : []
  })
