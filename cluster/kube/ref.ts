import type { KubeObject, Ref } from './kube.ts'

/** What names an object. */
export const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): Ref => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
})

/** `Deployment web` or `Deployment dev/web`, for sentences. */
export const showRef = ({ kind, name, namespace }: Omit<Ref, 'apiVersion'>): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
