import type { Ref } from '../../cluster/kube/kube.ts'

/** `apps` of `apps/v1`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''

/** `argoproj.io/Application`; just `Service` in the core group. The form of `provides`. */
export const groupKind = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string => {
  const group = groupOf(apiVersion)
  return group === '' ? kind : `${group}/${kind}`
}

/** The name of one object: its API without the version, which may change without it becoming another object. */
export const identity = ({ apiVersion, kind, name, namespace }: Ref): string =>
  [groupKind({ apiVersion, kind }), namespace ?? '', name].join(' ')

export const isCrd = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean =>
  kind === 'CustomResourceDefinition' && groupOf(apiVersion) === 'apiextensions.k8s.io'

export const isNamespace = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): boolean =>
  kind === 'Namespace' && apiVersion === 'v1'
