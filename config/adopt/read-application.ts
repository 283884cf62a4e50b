import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, textsAt, type Fields } from '../../core/fields.ts'
import { isInside } from '../../core/paths.ts'
import type { SetValue } from '../chart-config.ts'
import type { AdoptedSource, AdoptedValues, Adopted, AdoptFinding } from '../adopted.ts'
import { directoryFiles } from './directory-files.ts'
import type { OwnRepository } from './own-repository.ts'
import { repositoryKey } from './repository-key.ts'
import type { WrittenObject } from './written-object.ts'

type Key = readonly (string | number)[]
type Source = { readonly fields: Fields; readonly key: Key; readonly isOwn: boolean }

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
  const asItIs: Adopted = { ...base, source: { kind: 'manifests', paths: [file], only: { kind: written.kind, name } } }
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

type Around = Source & {
  readonly all: readonly Source[]
  readonly name: string
  readonly namespace: string
  readonly at: WrittenObject['at']
  readonly repository: OwnRepository
  readonly refuse: (key: Key, message: string, hint?: string) => never
  readonly warn: (key: Key, message: string) => void
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

const helmOf = (dependencies: Around, folder: string | undefined): AdoptedSource => {
  const { fields, key, name, namespace, at, refuse } = dependencies
  const helm = fieldsAt(fields, 'helm')
  const own: Key = [...key, 'helm']
  const notBuilt = ['fileParameters', 'kubeVersion', 'apiVersions'].find(
    (one) => listAt(helm, one).length > 0 || typeof helm[one] === 'string',
  )
  if (notBuilt !== undefined) refuse([...own, notBuilt], `helm.${notBuilt} is not built yet.`)
  const other = textAt(helm, 'namespace')
  if (other !== undefined && other !== namespace)
    refuse([...own, 'namespace'], `helm.namespace ${other} beside the destination ${namespace} is not built yet.`)
  const substituted = (text: string): string =>
    text
      .replaceAll(/\$(\{ARGOCD_APP_NAME\}|ARGOCD_APP_NAME\b)/g, name)
      .replaceAll(/\$(\{ARGOCD_APP_NAMESPACE\}|ARGOCD_APP_NAMESPACE\b)/g, namespace)
  const files = textListAt(helm, 'valueFiles').flatMap((text, index): readonly AdoptedValues[] => {
    const where: Key = [...own, 'valueFiles', index]
    const file = valuesFile(substituted(text), where, folder, dependencies)
    if (file !== undefined && existsSync(file)) return [{ file, at: at(where) }]
    if (file === undefined || helm['ignoreMissingValueFiles'] === true) return []
    return refuse(
      where,
      `there is no values file ${text} in this repository.`,
      'helm.ignoreMissingValueFiles: true passes over it.',
    )
  })
  const inline = inlineValues(helm, own, refuse)
  const set = Object.fromEntries(
    mapsAt(helm, 'parameters').map((one): [string, SetValue] => {
      const { value } = one
      const text = substituted(
        typeof value === 'number' || typeof value === 'boolean' ? String(value) : (textAt(one, 'value') ?? ''),
      )
      return [textAt(one, 'name') ?? '', one['forceString'] === true ? text : typed(text)]
    }),
  )
  const version = textAt(fields, 'targetRevision')
  return {
    kind: 'helm',
    chart: folder === undefined ? published(fields, version) : { chart: folder },
    release: textAt(helm, 'releaseName') ?? name,
    values: [
      ...files,
      ...(inline === undefined ? [] : [{ values: inline }]),
      ...(Object.keys(set).length > 0 ? [{ set }] : []),
    ],
  }
}

/** Where a values file lies: from the root, from the root of a source with `ref`, or from the chart. Undefined: it is in the chart anyway. */
const valuesFile = (
  text: string,
  key: Key,
  folder: string | undefined,
  { all, repository: { root }, refuse }: Around,
): string | undefined => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return refuse(key, `a values file by address (${text.split('?')[0]}) is not built yet.`)
  const [, ref, below = ''] = /^\$([^/]+)\/(.*)$/.exec(text) ?? []
  if (ref !== undefined) {
    const source = all.find(({ fields }) => textAt(fields, 'ref') === ref)
    if (!source) return refuse(key, `no source has the ref ${ref}.`)
    if (!source.isOwn) return refuse(key, `${text} lies in another repository: only the controller could read it.`)
    return inside(join(root, below), text, key, root, refuse)
  }
  if (text.startsWith('/')) {
    // Of a published chart the root is the chart's own.
    if (folder !== undefined) return inside(join(root, text), text, key, root, refuse)
  } else if (folder !== undefined) return inside(resolve(folder, text), text, key, root, refuse)
  if (text.replace(/^\.?\//, '') === 'values.yaml') return undefined
  return refuse(
    key,
    `${text} lies in a published chart: that is not built yet.`,
    'Values of this repository: a source with `ref`, and $REF/path.',
  )
}

const inside = (file: string, text: string, key: Key, root: string, refuse: Around['refuse']): string =>
  isInside(file, root) ? file : refuse(key, `${text} leads out of the repository.`)

/** `valuesObject` wins over `values`, as for Argo CD. */
const inlineValues = (helm: Fields, key: Key, refuse: Around['refuse']): Fields | undefined => {
  const object = fieldsAt(helm, 'valuesObject')
  if (Object.keys(object).length > 0) return object
  const text = textAt(helm, 'values')
  if (text === undefined || text.trim() === '') return undefined
  try {
    return fieldsAt(parse(text, { merge: true, logLevel: 'silent' }))
  } catch (error) {
    return refuse(
      [...key, 'values'],
      `helm.values is no YAML (${error instanceof Error ? error.message.split('\n')[0] : ''}).`,
    )
  }
}

/** As `helm --set` reads it. */
const typed = (text: string): SetValue => {
  if (text === 'true' || text === 'false') return text === 'true'
  if (text === 'null') return null
  return /^(0|-?[1-9]\d{0,15})$/.test(text) ? Number(text) : text
}

const published = (fields: Fields, version: string | undefined) => {
  const repo = textAt(fields, 'repoURL') ?? ''
  const chart = textAt(fields, 'chart') ?? ''
  const pinned = version === undefined ? {} : { version }
  if (/^https?:\/\//.test(repo)) return { chart, repo, ...pinned }
  return { chart: `oci://${repo.replace(/^oci:\/\//, '').replace(/\/$/, '')}/${chart}`, ...pinned }
}
