import type { KubeObject, Ref } from './kube.ts'

/** What names an object. An empty namespace is none. */
export const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): Ref => ({
  apiVersion,
  kind,
  name,
  ...(namespace ? { namespace } : {}),
})

/** The same of an object that is deployed to `home`, where it names no namespace and its kind has any. */
export const refIn = (object: KubeObject, home: string): Ref => ({
  ...refOf(object),
  namespace: object.metadata.namespace ?? home,
})

/**
 * Whether an object of that name may be anywhere at all. A path made of an empty name is that of the whole list: what is
 * asked of it is answered for every object, a deletion too.
 */
export const canExist = ({ name, namespace }: Pick<Ref, 'name' | 'namespace'>): boolean =>
  isSegment(name) && (namespace === undefined || namespace === null || isSegment(namespace))

const isSegment = (text: unknown): boolean =>
  typeof text === 'string' && text !== '' && text !== '.' && text !== '..' && !/[/%]/.test(text)

/** `Deployment web` or `Deployment dev/web`, for sentences. */
export const showRef = ({ kind, name, namespace }: Omit<Ref, 'apiVersion'>): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
