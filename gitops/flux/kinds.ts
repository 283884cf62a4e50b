import { fieldsAt, mapsAt, textAt } from '../../core/fields.ts'
import { repositoryKey } from '../../config/adopt/repository-key.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { OwnTree } from '../tree/tree-files.ts'

/** The extension makes artifacts of parts of a repository. */
export const isFlux = ({ apiVersion }: KubeObject): boolean =>
  /(?:\.toolkit|^source\.extensions)\.fluxcd\.io\//.test(apiVersion)

export const isKustomization = (object: KubeObject): boolean => isFlux(object) && object.kind === 'Kustomization'

export const isHelmRelease = (object: KubeObject): boolean => isFlux(object) && object.kind === 'HelmRelease'

/** Kinds that something else can read from. */
export const sourceKinds = [
  'GitRepository',
  'OCIRepository',
  'HelmRepository',
  'HelmChart',
  'Bucket',
  'ExternalArtifact',
]

/** Whether a GitRepository is the working tree, by its address. */
export const isOwnSource = (object: KubeObject, { remotes }: OwnTree): boolean =>
  isFlux(object) &&
  object.kind === 'GitRepository' &&
  (remotes === undefined || remotes.includes(repositoryKey(textAt(object, 'spec', 'url') ?? '')))

/** `Kustomization flux-system/apps`: one object of Flux, whatever its version. */
export const keyOf = (kind: string, namespace: string, name: string): string => `${kind} ${namespace}/${name}`

/** The key of an object; `home` is the namespace of those that name none. */
export const keyOfObject = ({ kind, metadata }: KubeObject, home: string): string =>
  keyOf(kind, metadata.namespace ?? home, metadata.name)

/** The key of what a Kustomization or the chart of a HelmRelease is read from; undefined where it names none. */
export const sourceKeyOf = (object: KubeObject, home: string): string | undefined => {
  const ref = isKustomization(object)
    ? fieldsAt(object, 'spec', 'sourceRef')
    : (['chart', 'spec', 'sourceRef'] as const).reduce((at, key) => fieldsAt(at, key), fieldsAt(object, 'spec'))
  const [kind, name] = [textAt(ref, 'kind'), textAt(ref, 'name')]
  if (kind === undefined || name === undefined) return undefined
  return keyOf(kind, textAt(ref, 'namespace') ?? object.metadata.namespace ?? home, name)
}

/** Whether a Kustomization or HelmRelease reads a GitRepository among the objects that is the working tree. */
export const readsTree = (object: KubeObject, objects: readonly KubeObject[], tree: OwnTree): boolean => {
  const source = sourceKeyOf(object, '')
  return objects.some((one) => isOwnSource(one, tree) && keyOfObject(one, '') === source)
}

/** The keys of what an object waits for. */
export const dependenciesOf = (object: KubeObject | undefined): readonly string[] =>
  mapsAt(object, 'spec', 'dependsOn').map((one) =>
    keyOf(object?.kind ?? '', textAt(one, 'namespace') ?? object?.metadata.namespace ?? '', textAt(one, 'name') ?? ''),
  )
