import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import { textAt } from '../../core/fields.ts'
import type { File } from './found.ts'

// Larger ones are made by programs, and none of what is looked for is.
const largest = 500_000

/** Files of 200 services have 2,000 and more; without a bound a few lines become gigabytes. */
export const mostAliases = 10_000

/** The text of a file; empty where it cannot be read or is too large: it is only looked at for proposals. */
export const textOf = ({ full }: File): string => {
  try {
    return statSync(full).size > largest ? '' : readFileSync(full, 'utf8')
  } catch {
    return ''
  }
}

/** A YAML file as data; undefined where it is none. `merge`: `<<` takes in another map, as in YAML 1.1. */
export const readYaml = (file: File, { merge = false } = {}): unknown => {
  try {
    return parse(textOf(file), { logLevel: 'silent', merge, maxAliasCount: mostAliases })
  } catch {
    return undefined
  }
}

/** The text at a path; undefined for an empty one too: `registry: ""` names none. */
export const filledAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined =>
  textAt(value, ...path) || undefined
