import { hash } from 'node:crypto'

/** Named inputs of a step and the hash of each: `{ chart: 'a1…', values: 'b2…' }`. The names say what changed. */
export type Fingerprint = Readonly<Record<string, string>>

/** A short, stable hash of any JSON value; the order of keys does not matter. */
export const hashOf = (value: unknown): string =>
  hash('sha256', typeof value === 'string' || value instanceof Uint8Array ? value : stable(value)).slice(0, 16)

const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? 'undefined'

/** The names of the inputs that differ, or undefined when none does. */
export const differs = (before: Fingerprint, now: Fingerprint): string[] | undefined => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((name) => before[name] !== now[name])
  return names.length > 0 ? names : undefined
}
