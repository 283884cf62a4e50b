import { basename, dirname } from 'node:path'
import { isMap, parseAllDocuments, type YAMLMap } from 'yaml'
import { fieldsAt, listAt, textAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { shown } from '../../core/shown-command.ts'
import type { Problem } from '../../core/problem.ts'

/** A file of another program. `key`: where it shows. `instead`: what takes it beside what `init` makes of it. */
type Foreign = { readonly what: string; readonly key: string; readonly usual: string; readonly instead?: string }

/**
 * What another program's file that stands where a configuration of kindup is looked for: one problem in place of one for
 * each of its keys. Undefined for everything that may be one of kindup.
 */
export const foreignFile = (text: string, file: string): Problem | undefined => {
  const found = ofText(text) ?? ofRoot(rootOf(text), basename(file))
  if (found === undefined) return undefined
  const { what, key, usual, instead } = found
  const line =
    Math.max(
      text.split('\n').findIndex((one) => new RegExp(`^["']?(?:${key})["']?\\b`).test(one)),
      0,
    ) + 1
  const isOurName = /^kindup\.(?:ya?ml|local\.yaml)$/.test(basename(file))
  const folder = dirname(file)
  const init = isOurName ? `${shown('mv', [file, `${folder}/${usual}`])} && ` : ''
  return {
    severity: 'error',
    message: `This is ${what}, and no configuration of kindup.`,
    at: { file, line, column: 1 },
    hint: `${init}${shown('kindup', ['init', '--dir', folder])}   # writes a kindup.yaml from what lies there${instead === undefined ? '' : `. ${instead}`}`,
  }
}

/** Whether a file says enough that only one of kindup says, so that nothing has to be read again. */
export const looksOurs = (root: YAMLMap | undefined): boolean =>
  root !== undefined && (ours.some((key) => root.has(key)) || hasService(root.get('services')))

const hasService = (services: unknown): boolean =>
  isMap(services) &&
  services.items.some(({ value }) => {
    const deploy = isMap(value) ? value.get('deploy') : undefined
    return isMap(deploy) && ways.some((way) => deploy.has(way))
  })

/** Its first document, as far as it can be read. */
const rootOf = (text: string): Fields => {
  try {
    const [first] = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent', merge: true })
    return fieldsAt(first && 'toJS' in first ? first.toJS() : undefined)
  } catch {
    return {}
  }
}

const ofText = (text: string): Foreign | undefined => {
  if (/^(?:docker_build|k8s_yaml|k8s_resource|local_resource|docker_compose|helm_resource)\s*\(/m.test(text))
    return {
      what: 'a Tiltfile',
      key: 'docker_build|k8s_|local_resource|docker_compose|helm_resource',
      usual: 'Tiltfile',
    }
  if (/^FROM\s+\S+/m.test(text) && /^(?:RUN|COPY|CMD|ENTRYPOINT|WORKDIR|ADD)\s/m.test(text))
    return { what: 'a Dockerfile', key: 'FROM', usual: 'Dockerfile' }
  return undefined
}

/** By the group of `apiVersion`. */
const byGroup: Readonly<Record<string, Omit<Foreign, 'key'>>> = {
  'kind.x-k8s.io': {
    what: 'a cluster configuration of kind',
    usual: 'kind.yaml',
    instead: 'By hand: its keys go under cluster.kind',
  },
  'k3d.io': { what: 'a configuration of k3d', usual: 'k3d.yaml' },
  'ctlptl.dev': { what: 'a configuration of ctlptl', usual: 'ctlptl.yaml' },
  'ksail.io': { what: 'a configuration of KSail', usual: 'ksail.yaml' },
  'ksail.dev': { what: 'a configuration of KSail', usual: 'ksail.yaml' },
  skaffold: { what: 'a configuration of Skaffold', usual: 'skaffold.yaml' },
  'kustomize.config.k8s.io': {
    what: 'a kustomization',
    usual: 'kustomization.yaml',
    instead: 'By hand: deploy: { kustomize: ./FOLDER } of a service',
  },
}

/** Keys that only a configuration of kindup has. */
const ours = ['cluster', 'addons', 'environments', 'imagePaths', 'crds', 'tools']

const ofRoot = (root: Fields, name: string): Foreign | undefined => {
  const apiVersion = textAt(root, 'apiVersion')
  const services = Object.values(fieldsAt(root, 'services')).filter(isRecord)
  if (ours.some((key) => key in root) || services.some(isService)) return undefined
  if (apiVersion !== undefined && textAt(root, 'kind') !== undefined) {
    const known = byGroup[apiVersion.split('/')[0] ?? '']
    return known
      ? { ...known, key: 'apiVersion' }
      : {
          what: `a manifest of Kubernetes (${textAt(root, 'kind')})`,
          key: 'apiVersion',
          usual: 'manifest.yaml',
          instead: 'By hand: deploy: { manifests: [./FILE] } of a service',
        }
  }
  if (apiVersion !== undefined && textAt(root, 'version') !== undefined && 'name' in root)
    return { what: 'the Chart.yaml of a helm chart', key: 'apiVersion', usual: 'Chart.yaml' }
  if (services.some(isOfCompose)) return { what: 'a file of Docker Compose', key: 'services', usual: 'compose.yaml' }
  if (listAt(root, 'releases').length > 0) return { what: 'a helmfile', key: 'releases', usual: 'helmfile.yaml' }
  if (
    /^v\d+(?:alpha|beta)?\d*$/.test(textAt(root, 'version') ?? '') &&
    ['deployments', 'dev', 'pipelines'].some((key) => key in root)
  )
    return { what: 'a configuration of DevSpace', key: 'version', usual: 'devspace.yaml' }
  if ('jobs' in root && 'on' in root) return { what: 'a workflow of GitHub', key: 'jobs', usual: 'workflow.yml' }
  if (
    'resources' in root &&
    ['namePrefix', 'namespace', 'patches', 'commonLabels', 'generatorOptions', 'images'].some((key) => key in root)
  )
    return { ...byGroup['kustomize.config.k8s.io']!, key: 'resources' }
  if (isValues(root, name))
    return {
      what: 'a file of values for a helm chart',
      key: Object.keys(root)[0] ?? '',
      usual: 'values.yaml',
      instead: 'By hand: deploy: { helm: { chart: ./CHART, values: [./FILE] } } of a service',
    }
  return undefined
}

const isService = (service: Fields): boolean =>
  ['needs', 'smoke', 'placement', 'gitops', 'hooks', 'namespace'].some((key) => key in service) ||
  ways.some((way) => way in fieldsAt(service, 'deploy'))

/** How a service of kindup is deployed. */
const ways = ['helm', 'kustomize', 'manifests', 'applications', 'flux']

const isOfCompose = (service: Fields): boolean =>
  textAt(service, 'image') !== undefined ||
  ['ports', 'volumes', 'depends_on', 'command', 'environment', 'env_file', 'container_name', 'healthcheck'].some(
    (key) => key in service,
  ) ||
  'build' in service

const isValues = (root: Fields, name: string): boolean =>
  ['replicaCount', 'nameOverride', 'fullnameOverride', 'imagePullSecrets', 'podAnnotations', 'podSecurityContext'].some(
    (key) => key in root,
  ) ||
  (/^values\b.*\.ya?ml$/.test(name) && Object.keys(root).length > 0)
