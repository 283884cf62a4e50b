import { fieldsAt } from '../../core/fields.ts'
import type { SetValue } from '../../config/config.ts'
import { isRecord } from '../../core/is-record.ts'

export type Values = { readonly [key: string]: unknown }

type Key = string | number

/** `a.b[0].c` as keys: dots divide, `\.` is a dot of the key itself, `[0]` an index. */
export const setPath = (path: string): readonly Key[] =>
  [...path.matchAll(/((?:\\.|[^.[\\])+)|\[(\d+)\]/g)].map(([, key, index]) =>
    key === undefined ? Number(index) : key.replaceAll(/\\(.)/g, '$1'),
  )

/** Whether a path goes into a list. helm replaces lists whole, so the rest of that list has to be known. */
export const goesIntoList = (path: string): boolean => setPath(path).some((key) => typeof key === 'number')

/**
 * `set` as values, types and commas kept as they are (which `--set` would not do).
 * `lower` are the layers below, whose lists a path with an index continues.
 */
export const setValues = (set: Readonly<Record<string, SetValue>>, lower: Values = {}): Values => {
  let values: Values = {}
  for (const [path, value] of Object.entries(set)) values = fieldsAt(put(values, setPath(path), value, lower))
  return values
}

const put = (into: unknown, [key, ...rest]: readonly Key[], value: SetValue, lower: unknown): unknown => {
  if (key === undefined) return value
  if (typeof key === 'number') {
    const list = Array.isArray(into) ? [...into] : Array.isArray(lower) ? [...lower] : []
    while (list.length < key) list.push(null)
    list[key] = put(list[key], rest, value, Array.isArray(lower) ? lower[key] : undefined)
    return list
  }
  const map = isRecord(into) ? into : {}
  const below = isRecord(lower) ? lower[key] : undefined
  return { ...map, [key]: put(Object.hasOwn(map, key) ? map[key] : undefined, rest, value, below) }
}

/** Lays values over others as helm does with several files: maps merge, everything else is replaced. */
export const mergeValues = (lower: Values, upper: Values): Values => {
  const merged: Record<string, unknown> = { ...lower }
  for (const [key, value] of Object.entries(upper)) {
    const below = Object.hasOwn(merged, key) ? merged[key] : undefined
    merged[key] = isRecord(below) && isRecord(value) ? mergeValues(below, value) : value
  }
  return merged
}
