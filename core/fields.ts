import { isRecord } from './is-record.ts'

/** A map of anything, as YAML, JSON or an API gave it. */
export type Fields = Readonly<Record<string, unknown>>

type Path = readonly (string | number)[]

/** What stands at a path; undefined where something on the way is no map, no list, or not there. */
export const valueAt = (value: unknown, ...path: Path): unknown => {
  let at = value
  for (const key of path) {
    if (typeof key === 'number') at = Array.isArray(at) ? at[key] : undefined
    else at = isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined
    if (at === undefined) return undefined
  }
  return at
}

/** The map at a path; an empty one for null and for everything else. */
export const fieldsAt = (value: unknown, ...path: Path): Fields => {
  const found = valueAt(value, ...path)
  return isRecord(found) ? found : {}
}

/** The list at a path; an empty one for null and for everything else. */
export const listAt = (value: unknown, ...path: Path): readonly unknown[] => {
  const found = valueAt(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The maps of the list at a path; what else stands in it is passed over. */
export const mapsAt = (value: unknown, ...path: Path): readonly Fields[] => listAt(value, ...path).filter(isRecord)

/** The text at a path; undefined for null and for everything else, numbers included. */
export const textAt = (value: unknown, ...path: Path): string | undefined => {
  const found = valueAt(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const numberAt = (value: unknown, ...path: Path): number | undefined => {
  const found = valueAt(value, ...path)
  return typeof found === 'number' ? found : undefined
}

/** The texts of the list at a path; what else stands in it is passed over. */
export const textListAt = (value: unknown, ...path: Path): readonly string[] =>
  listAt(value, ...path).filter((item) => typeof item === 'string')

/** Key → text of the map at a path; other values are passed over. */
export const textsAt = (value: unknown, ...path: Path): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )

/** The texts of a list, each with its number; none of what is no list. */
export const indexedTexts = (value: unknown): readonly (readonly [number, string])[] =>
  Array.isArray(value)
    ? value.flatMap((item: unknown, index) => (typeof item === 'string' ? [[index, item] as const] : []))
    : []
