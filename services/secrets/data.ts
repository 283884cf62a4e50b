import { fieldsAt, textsAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** The data of a Secret: key → bytes. A Map, since keys may be called like anything that objects have already. */
export type Data = ReadonlyMap<string, Buffer>

/** A key without a value has an empty one, as for the API. */
const textsOf = (secret: KubeObject, field: string): Readonly<Record<string, string>> =>
  textsAt(Object.fromEntries(Object.entries(fieldsAt(secret, field)).map(([key, value]) => [key, value ?? ''])))

/** What a Secret of the cluster holds. Nothing of its metadata. */
export const dataOf = (secret: KubeObject): Data =>
  new Map(Object.entries(textsOf(secret, 'data')).map(([key, value]) => [key, Buffer.from(value, 'base64')]))

export const typeOf = (secret: KubeObject): string => (typeof secret['type'] === 'string' ? secret['type'] : 'Opaque')

/** The data of a rendered Secret, `stringData` above `data`, as the API would merge them. */
export const renderedData = (secret: KubeObject): Data =>
  new Map([
    ...dataOf(secret),
    ...Object.entries(textsOf(secret, 'stringData')).map(([key, value]): [string, Buffer] => [key, Buffer.from(value)]),
  ])

/** As it goes to the API, keys in order. */
export const encoded = (data: Data): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...data].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => [key, value.toString('base64')]),
  )

export const sameData = (a: Data, b: Data): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key)?.equals(value) ?? false)
