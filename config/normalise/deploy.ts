import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isMap, isSeq, parseAllDocuments, type Document } from 'yaml'
import { messageOf } from '../../core/errors.ts'
import type { DeployConfig, PatchConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileDeploy } from '../schema/file.ts'
import { chartReference } from './chart.ts'
import type { Scope } from './scope.ts'

type FilePatch = NonNullable<FileDeploy['patches']>[number]

/** The one way that a service is deployed. Paths that may hold placeholders stay as they are written. */
export const normaliseDeploy = async (file: FileDeploy, path: Path, scope: Scope): Promise<DeployConfig> => {
  const ways = (['helm', 'kustomize', 'manifests', 'applications', 'flux'] as const).filter(
    (way) => file[way] !== undefined,
  )
  if (ways.length > 1 || (ways.length === 0 && scope.findings.intact(path))) {
    scope.findings.error({
      path,
      key: true,
      message: `${showPath(path)} needs exactly one of helm, kustomize, manifests, applications and flux, and has ${ways.length === 0 ? 'none' : ways.join(' and ')}.`,
      hint: 'For example: deploy: { helm: { chart: ./charts/app } }',
    })
  }
  const patches = await Promise.all(
    (file.patches ?? []).map((patch, index) => normalisePatch(patch, [...path, 'patches', index], scope)),
  )
  const both = { patches, skip: file.skip ?? [] }
  if (file.applications !== undefined) return { ...both, kind: 'applications', of: {} }
  if (file.flux !== undefined) return { ...both, kind: 'flux', folder: file.flux }
  const { helm } = file
  if (helm !== undefined) {
    const { repo, version } = helm
    const chart = {
      chart: chartReference(helm, [...path, 'helm'], scope),
      ...(repo === undefined ? {} : { repo }),
      ...(version === undefined ? {} : { version }),
    }
    return {
      ...both,
      kind: 'helm',
      chart,
      release: helm.release ?? '{name}',
      values: helm.values ?? [],
      set: helm.set ?? {},
    }
  }
  if (typeof file.kustomize === 'string') return { ...both, kind: 'kustomize', folder: file.kustomize }
  if (file.kustomize !== undefined) {
    const { path: kustomization, loadRestrictor, helm: withHelm } = file.kustomize
    return {
      ...both,
      kind: 'kustomize',
      folder: kustomization,
      ...(loadRestrictor === 'none' ? { loadRestrictor } : {}),
      ...(withHelm === true ? { helm: true } : {}),
    }
  }
  return { ...both, kind: 'manifests', paths: file.manifests ?? [] }
}

const normalisePatch = async (written: FilePatch, path: Path, { folder, findings }: Scope): Promise<PatchConfig> => {
  const { patch, path: file, target } = written
  const rest = target === undefined ? {} : { target }
  if ((patch === undefined) === (file === undefined) && findings.intact(path)) {
    findings.error({
      path,
      message: `${showPath(path)} needs exactly one of patch and path.`,
      hint: 'patch: holds the change itself, path: names a file that does.',
    })
  }
  let text = patch === undefined ? '' : typeof patch === 'string' ? patch : JSON.stringify(patch)
  if (file !== undefined) {
    try {
      text = await readFile(resolve(folder, file), 'utf8')
    } catch (thrown) {
      findings.error({
        path: [...path, 'path'],
        message: `${showPath([...path, 'path'])}: the file ${file} cannot be read (${messageOf(thrown)}).`,
      })
    }
  }
  const at = [...path, file === undefined ? 'patch' : 'path']
  // Several documents are several patches.
  const documents = [...parseAllDocuments(text, { prettyErrors: false, logLevel: 'error' })]
  const fault = documents.map(faultOf).find((one) => one !== undefined)
  if (fault !== undefined) {
    findings.error({ path: at, message: `${showPath(at)} is no YAML: ${fault}.` })
  } else if (target === undefined && documents.some(({ contents }) => isSeq(contents))) {
    findings.error({
      path: at,
      message: `${showPath(at)} is a list of JSON 6902 operations, and those need a target.`,
      hint: 'For example: target: { kind: Deployment, name: web }',
    })
  }
  const isUnnamed = documents.some((document) => isMap(document.contents) && !isNamed(document))
  if (fault === undefined && isUnnamed && target === undefined)
    findings.error({
      path: at,
      message: `${showPath(at)} does not say which object it changes: there is no target, and it has no kind and name itself.`,
      hint: 'For example: target: { kind: Deployment, name: web }',
    })
  return { patch: text, ...rest }
}

const isNamed = (document: Document): boolean => document.has('kind') && document.hasIn(['metadata', 'name'])

/** Aliases that lead nowhere, and those that multiply, are found only where values are made. */
const faultOf = (document: Document): string | undefined => {
  const [error] = document.errors
  if (error) return error.message
  try {
    document.toJS()
    return undefined
  } catch (thrown) {
    return messageOf(thrown)
  }
}
