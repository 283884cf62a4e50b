import type { KubeObject } from '../../cluster/kube/kube.ts'

/** The data of a Secret: key → bytes. A Map, since keys may be called like anything that objects have already. */
export type Data = ReadonlyMap<string, Buffer>

/** What a Secret of the cluster holds. Nothing of its metadata. */
export const dataOf = (secret: KubeObject): Data =>
  new Map(
    Object.entries((secret['data'] ?? {}) as Readonly<Record<string, string>>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64'),
    ]),
  )

export const typeOf = (secret: KubeObject): string => (typeof secret['type'] === 'string' ? secret['type'] : 'Opaque')

/** The data of a rendered Secret, `stringData` above `data`, as the API would merge them. */
export const renderedData = (secret: KubeObject): Data =>
  new Map([
    ...dataOf(secret),
    ...Object.entries((secret['stringData'] ?? {}) as Readonly<Record<string, string>>).map(
      ([key, value]): [string, Buffer] => [key, Buffer.from(value)],
    ),
  ])

/** As it goes to the API, keys in order. */
export const encoded = (data: Data): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...data].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, value.toString('base64')]),
  )

export const sameData = (a: Data, b: Data): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key)?.equals(value) ?? false)
