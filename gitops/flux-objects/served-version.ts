import { parseAllDocuments, stringify } from 'yaml'
import { fieldsAt, mapsAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'

/** What Flux serves of each kind today, where older versions are gone. */
const served: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  OCIRepository: 'source.toolkit.fluxcd.io/v1',
  HelmRepository: 'source.toolkit.fluxcd.io/v1',
  HelmChart: 'source.toolkit.fluxcd.io/v1',
  Bucket: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  Receiver: 'notification.toolkit.fluxcd.io/v1',
  Alert: 'notification.toolkit.fluxcd.io/v1beta3',
  Provider: 'notification.toolkit.fluxcd.io/v1beta3',
}

const beta = /\.toolkit\.fluxcd\.io\/v\d+(?:alpha|beta)\d+$/

/**
 * An object of Flux in the version that Flux serves today; any other as it is. What newer versions say otherwise is said
 * their way; what they no longer have goes. Source: the upgrade notes of Flux 2.0 to 2.7.
 */
export const inServedVersion = <T extends Fields>(object: T): T => {
  const was = textAt(object, 'apiVersion') ?? ''
  const now = served[textAt(object, 'kind') ?? '']
  if (now === undefined || now === was || !beta.test(was) || now.split('/')[0] !== was.split('/')[0]) return object
  const spec = fieldsAt(object, 'spec')
  return { ...object, apiVersion: now, spec: newerSpec(textAt(object, 'kind') ?? '', spec) }
}

const newerSpec = (kind: string, spec: Fields): Fields => {
  if (kind === 'GitRepository') return without(spec, 'gitImplementation', 'accessFrom')
  if (kind === 'Bucket') return without(spec, 'accessFrom')
  if (kind === 'HelmChart') return newerChart(spec)
  if (kind === 'Kustomization') {
    const { patches, ...rest } = without(spec, 'validation', 'patchesStrategicMerge', 'patchesJson6902')
    const all = [...patchesOf(spec), ...(Array.isArray(patches) ? patches : [])]
    return { ...rest, ...(all.length > 0 ? { patches: all } : {}) }
  }
  if (kind !== 'HelmRelease') return spec
  const { chart, postRenderers } = spec
  return {
    ...spec,
    ...(isRecord(chart) && isRecord(chart['spec']) ? { chart: { ...chart, spec: newerChart(chart['spec']) } } : {}),
    ...(Array.isArray(postRenderers) ? { postRenderers: mapsAt(spec, 'postRenderers').map(newerRenderer) } : {}),
  }
}

const newerRenderer = (one: Fields): Fields => {
  const kustomize = fieldsAt(one, 'kustomize')
  const { patches, ...rest } = without(kustomize, 'patchesStrategicMerge', 'patchesJson6902')
  const all = [...patchesOf(kustomize), ...(Array.isArray(patches) ? patches : [])]
  return { ...one, kustomize: { ...rest, ...(all.length > 0 ? { patches: all } : {}) } }
}

/** One file of values became a list of them. */
const newerChart = (spec: Fields): Fields => {
  const { valuesFile, ...rest } = spec
  return typeof valuesFile !== 'string' || valueAt(rest, 'valuesFiles') !== undefined
    ? rest
    : { ...rest, valuesFiles: [valuesFile] }
}

/** Both older kinds of patches, as `patches` has them. */
const patchesOf = (spec: Fields): readonly Fields[] => [
  ...mapsAt(spec, 'patchesStrategicMerge').map((patch) => ({ patch: stringify(patch) })),
  ...mapsAt(spec, 'patchesJson6902').map(({ target, patch }) => ({ target, patch: stringify(patch) })),
]

const without = (fields: Fields, ...keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)))

const mentions = /\.toolkit\.fluxcd\.io\/v\d+(?:alpha|beta)\d+/

/**
 * A file of manifests with its objects of Flux in the versions that Flux serves; other documents and other files as they are,
 * byte by byte, and one that is no YAML (a template of a chart) too.
 */
export const withServedVersions = (path: string, bytes: Buffer): Buffer => {
  if (!/\.ya?ml$/i.test(path)) return bytes
  const text = bytes.toString('utf8')
  if (!mentions.test(text)) return bytes
  const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false })
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return bytes
  const written = documents.map((document) => {
    const value: unknown = document.toJS()
    if (!isRecord(value)) return document.toString({ directives: false })
    const now = inServedVersion(value)
    return now === value ? document.toString({ directives: false }) : stringify(now)
  })
  return Buffer.from(written.map((one) => `---\n${one.replace(/^---\n/, '')}`).join(''))
}
