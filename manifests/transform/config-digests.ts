import { isRecord } from '../../core/is-record.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { configReferences, type ConfigReference } from './config-references.ts'
import { withAnnotations, type PodTemplate } from './pod-templates.ts'

/** `ConfigMap/dev/settings` → a hash of what is in it. */
export type Configs = Readonly<Record<string, string>>

/** On pod templates: a hash of the ConfigMaps and Secrets that they read, so that other data rolls the pods out. */
export const configAnnotation = 'kindup.dev/config'

const configKey = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`

/** What is in the ConfigMaps and Secrets among the objects; `namespace` is that of objects without one. */
export const configsOf = (objects: readonly KubeObject[], namespace: string | undefined): Configs =>
  Object.fromEntries(
    objects.flatMap((object) => {
      const { kind, apiVersion, metadata } = object
      if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret') || hasHashInName(metadata.name)) return []
      return [[configKey(kind, metadata.namespace ?? namespace, metadata.name), digestOf(object)] as const]
    }),
  )

/** The configs with those of some objects; the same where they hold them already, as those of a whole plan do: a copy for each object of many would take longer than all the rest. */
export const withConfigs = (configs: Configs, more: Configs): Configs =>
  Object.entries(more).every(([key, hash]) => configs[key] === hash) ? configs : { ...configs, ...more }

/**
 * What tells a change of a ConfigMap or Secret. Pods are read by more people than Secrets are, and a whole hash of a short password can be guessed: 20 bits tell a change,
 * and leave a hundred thousand passwords that it could be.
 */
export const digestOf = (object: KubeObject): string =>
  object.kind === 'Secret' ? contentHash(object).slice(0, 5) : contentHash(object)

/** kustomize puts a hash of the data into the name: another one is another object, which rolls the pods out by itself. */
const hasHashInName = (name: string): boolean => /-[bcdfghkmt2-9]{10}$/.test(name)

/** A hash of the data of a ConfigMap or Secret, however it is written. */
export const contentHash = (object: KubeObject): string => {
  const part = (key: string): readonly (readonly [string, unknown])[] => {
    const value = object[key]
    return isRecord(value) ? Object.entries(value) : []
  }
  const texts = part('stringData').map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const)
  const all = Object.fromEntries([...part('data'), ...part('binaryData'), ...texts])
  return hashOf(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Those of the configs that a pod reads. */
export const configsReadBy = (
  template: PodTemplate | undefined,
  configs: Configs,
  namespace: string | undefined,
): readonly (ConfigReference & { readonly key: string; readonly hash: string })[] =>
  configReferences(template).flatMap((reference) => {
    const key = configKey(reference.kind, namespace, reference.name)
    const hash = configs[key]
    return hash === undefined ? [] : [{ ...reference, key, hash }]
  })

/** The template with the mark of what it reads; as it is where it reads nothing of the configs. */
export const configMarked = (template: PodTemplate, configs: Configs, namespace: string | undefined): PodTemplate => {
  const read = new Map(configsReadBy(template, configs, namespace).map(({ key, hash }) => [key, hash]))
  if (read.size === 0) return template
  const digest = hashOf([...read].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return withAnnotations(template, { [configAnnotation]: digest })
}

/** Workloads whose controller rolls pods out for another template. A Job would be run again, and a bare Pod cannot be rolled out. */
export const rollsOut = ({ kind, apiVersion }: KubeObject): boolean =>
  (apiVersion.startsWith('apps/') && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) ||
  (apiVersion.startsWith('argoproj.io/') && kind === 'Rollout') ||
  (apiVersion.startsWith('serving.knative.dev/') && (kind === 'Service' || kind === 'Configuration'))
