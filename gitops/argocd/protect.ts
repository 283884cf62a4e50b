import type { KubeObject } from '../../cluster/kube/kube.ts'

const optionsAnnotation = 'argocd.argoproj.io/sync-options'
const helmHook = 'helm.sh/hook'

/**
 * The objects as Argo CD is to get them. What holds objects or data of others, it is not to delete: kindup does, once
 * nothing is left in it. Tests of charts are run by nobody.
 */
export const forArgo = (objects: readonly KubeObject[]): readonly KubeObject[] =>
  objects.filter((object) => !isTest(object)).map((object) => withOptions(object, optionsFor(object)))

const isTest = ({ metadata: { annotations } }: KubeObject): boolean =>
  /^\s*test(-success|-failure)?\s*$/.test(annotations?.[helmHook] ?? '')

const optionsFor = ({ apiVersion, kind }: KubeObject): readonly string[] => {
  if (kind === 'Namespace' || kind === 'CustomResourceDefinition') return ['Prune=false', 'Delete=false']
  const holdsData = kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume'
  return holdsData && apiVersion === 'v1' ? ['Prune=false'] : []
}

/** Beside those that the object has itself. */
const withOptions = (object: KubeObject, options: readonly string[]): KubeObject => {
  if (options.length === 0) return object
  const { annotations } = object.metadata
  const own = (annotations?.[optionsAnnotation] ?? '').split(',').flatMap((one) => one.trim() || [])
  const names = new Set(own.map((one) => one.split('=')[0]))
  const all = [...own, ...options.filter((one) => !names.has(one.split('=')[0]))]
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [optionsAnnotation]: all.join(',') } },
  }
}
