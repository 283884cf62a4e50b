/** Numbers from 0 up to a limit, the same ones for the same seed. */
export type Chance = (limit: number) => number

/** Mulberry32: small, and good enough to pick with. */
export const chanceOf = (seed: number): Chance => {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}

/** What people and templates leave where something else belongs. */
const strange: readonly unknown[] = [
  null,
  '',
  'text',
  0,
  -1,
  1.5,
  9_007_199_254_740_993n,
  true,
  false,
  [],
  [null],
  ['text'],
  [[]],
  {},
  { a: null },
  { __proto__: null, constructor: 'x' },
  '{{ .Values.x }}',
  'x'.repeat(300),
  '\u0000\n\t é',
  '*',
]

type Path = readonly (string | number)[]

const pathsOf = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown, index) => [index, item] as const)
    : Object.entries(value)
  return [path, ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))]
}

const gone = Symbol('gone')

const replaced = (value: unknown, [key, ...rest]: Path, by: unknown): unknown => {
  if (key === undefined) return by
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => {
      const next = index === key ? replaced(item, rest, by) : item
      return next === gone ? [] : [next]
    })
  return Object.fromEntries(
    Object.entries(value ?? {}).flatMap(([name, inner]) => {
      const next: unknown = name === key ? replaced(inner, rest, by) : inner
      return next === gone ? [] : [[name, next]]
    }),
  )
}

/** A value with one part of it replaced or left out, and a word on what was done. */
export const mutated = (value: unknown, chance: Chance): { readonly value: unknown; readonly what: string } => {
  const paths = pathsOf(value).slice(1)
  const path = paths[chance(paths.length)] ?? []
  const choice = chance(strange.length + 1)
  const by = choice === strange.length ? gone : strange[choice]
  const shown = by === gone ? 'left out' : typeof by === 'bigint' ? String(by) : JSON.stringify(by).slice(0, 30)
  return { value: replaced(value, path, by), what: `${path.join('.')} = ${shown}` }
}

/** As JSON, which is YAML too. */
export const asText = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? JSON.rawJSON(String(inner)) : inner), 2)
