import { numberAt } from '../../core/fields.ts'
import type { KubeObject, Ref } from '../kube/kube.ts'

/** What has to be ready. */
export type Targets = {
  /** As they were rendered. Only workloads, CustomResourceDefinitions and APIServices among them have a readiness. */
  readonly objects: readonly KubeObject[]
  /** Names of APIServices that must be Available. */
  readonly apiServices?: readonly string[]
  /** Names of CustomResourceDefinitions that must be Established. */
  readonly crds?: readonly string[]
  /** Of objects that name none. */
  readonly namespace: string
}

const workloadKinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'Pod'] as const
type WorkloadKind = (typeof workloadKinds)[number]

/** One thing whose readiness is watched. */
export type Target = {
  readonly kind: WorkloadKind | 'CustomResourceDefinition' | 'APIService'
  readonly name: string
  /** Empty for kinds of the cluster. */
  readonly namespace: string
  /** A Job that is deleted some time after it is done counts as done when it is not there. */
  readonly leaves: boolean
}

export const apiVersions = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  ReplicaSet: 'apps/v1',
  Job: 'batch/v1',
  Pod: 'v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  APIService: 'apiregistration.k8s.io/v1',
} as const

/** The things of a release that have a readiness, each once. */
export const watchedOf = ({ objects, apiServices = [], crds = [], namespace }: Targets): readonly Target[] => {
  const targets = objects
    .filter((object) => !isHook(object))
    .flatMap((object): Target[] => {
      const { kind, metadata } = object
      const clusterWide = isOneOf(kind, ['CustomResourceDefinition', 'APIService'] as const)
      if (!clusterWide && !isOneOf(kind, workloadKinds)) return []
      if (groupOf(object.apiVersion) !== groupOf(apiVersions[kind])) return []
      const leaves = kind === 'Job' && numberAt(object, 'spec', 'ttlSecondsAfterFinished') !== undefined
      return [{ kind, name: metadata.name, namespace: clusterWide ? '' : (metadata.namespace ?? namespace), leaves }]
    })
  const named = (kind: Target['kind'], names: readonly string[]): Target[] =>
    names.map((name) => ({ kind, name, namespace: '', leaves: false }))
  const all = [...targets, ...named('APIService', apiServices), ...named('CustomResourceDefinition', crds)]
  return [...new Map(all.map((target) => [`${target.kind}/${target.namespace}/${target.name}`, target])).values()]
}

/** Objects that helm, or Argo CD, makes, waits for and may delete again by itself. */
export const isHook = ({ metadata: { annotations } }: KubeObject): boolean =>
  annotations?.['helm.sh/hook'] !== undefined || annotations?.['kindup.dev/hook'] !== undefined

export const refOfTarget = ({ kind, name, namespace }: Target): Ref => ({
  apiVersion: apiVersions[kind],
  kind,
  name,
  ...(namespace !== '' && { namespace }),
})

const groupOf = (apiVersion: string): string => apiVersion.split('/').at(-2) ?? ''

const isOneOf = <T extends string>(kind: string, kinds: readonly T[]): kind is T => kinds.some((one) => one === kind)
