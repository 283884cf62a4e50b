import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import type { File } from './found.ts'

// Larger ones are made by programs, and none of what is looked for is.
const largest = 500_000

/** The text of a file; empty where it cannot be read or is too large: it is only looked at for proposals. */
export const textOf = ({ full }: File): string => {
  try {
    return statSync(full).size > largest ? '' : readFileSync(full, 'utf8')
  } catch {
    return ''
  }
}

/** A YAML file as data; undefined where it is none. */
export const readYaml = (file: File): unknown => {
  try {
    return parse(textOf(file), { logLevel: 'silent' })
  } catch {
    return undefined
  }
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The value at a path of keys; undefined where something on the way is missing. */
export const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof key === 'number' ? listOf(inner)[key] : isMap(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined,
    value,
  )

export const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}
