import { isRecord } from '../../core/is-record.ts'
import { nearest } from '../../core/suggest.ts'
import { WholeNumber } from '../../core/whole-number.ts'
import { faultOf } from './scalars.ts'
import type { FieldsSchema, Schema } from './schema.ts'
import { shown, whatItIs, type Path } from './words.ts'

/** Something that is wrong in an object. */
export type Finding = {
  /** Keys and positions. */
  readonly path: Path
  /** A sentence without its subject and its full stop: `spec.replicas is the text "3" where a whole number belongs`. */
  readonly message: string
  /**
   * `refused`: the API answers no. `tolerated`: it does so to server-side apply alone. `wrong`: it takes it, and it cannot work.
   * `doubtful`: something that nobody here knows may make it right.
   */
  readonly kind: 'refused' | 'tolerated' | 'wrong' | 'doubtful'
  readonly hint?: string
  /** What it comes from, where others may come from the same. */
  readonly root?: string
}

/** What of a value is not as its schema says. */
export const check = (value: unknown, schema: Schema, path: Path = []): readonly Finding[] =>
  checkIn(value, schema, path, [])

/** The fields around, outermost first: what stands in the wrong place may belong to one of them. */
type Around = readonly { readonly schema: FieldsSchema; readonly path: Path }[]

const checkIn = (value: unknown, schema: Schema, path: Path, dependencies: Around): readonly Finding[] => {
  if (schema.kind === 'any' || value === null || value === undefined) return []
  switch (schema.kind) {
    case 'list':
      return checkList(value, schema, path, dependencies)
    case 'map':
      if (!isRecord(value)) return [wrong(value, 'a map', path)]
      return Object.entries(value).flatMap(([key, inner]) =>
        checkIn(inner, schema.values(), [...path, key], dependencies),
      )
    case 'fields':
      return checkFields(value, schema, path, dependencies)
    default: {
      const fault = faultOf(value, schema)
      return fault === undefined
        ? []
        : [{ path, kind: 'refused', message: `${shown(path)} ${fault.is}`, ...hintOf(fault) }]
    }
  }
}

const hintOf = ({ hint }: { readonly hint?: string }): Pick<Finding, 'hint'> => (hint === undefined ? {} : { hint })

const checkList = (
  value: unknown,
  schema: Extract<Schema, { kind: 'list' }>,
  path: Path,
  dependencies: Around,
): readonly Finding[] => {
  if (!Array.isArray(value)) return [wrong(value, 'a list', path)]
  const items = schema.items()
  const { minItems = 0, maxItems = Infinity } = schema
  return [
    ...(value.length < minItems ? [refused(path, `has ${value.length} items where at least ${minItems} belong`)] : []),
    ...(value.length > maxItems ? [refused(path, `has ${value.length} items where at most ${maxItems} belong`)] : []),
    ...value.flatMap((item: unknown, index) =>
      // An item that is not written is one without any field.
      checkIn(item === null && items.kind === 'fields' ? {} : item, items, [...path, index], dependencies),
    ),
    ...duplicates(value, schema.keys, schema.defaults ?? defaults, path),
  ]
}

const checkFields = (value: unknown, schema: FieldsSchema, path: Path, dependencies: Around): readonly Finding[] => {
  if (!isRecord(value)) return [wrong(value, 'a map', path)]
  const within = [...dependencies, { schema, path }]
  const lacking = schema.required.filter(
    (name) => isMissing(value[name], schema.emptyCounts) && !(value[name] === null && schema.nullable?.includes(name)),
  )
  const found = Object.entries(value).flatMap(([name, inner]): readonly Finding[] => {
    const field = schema.field(name)
    if (field) return checkIn(inner, field, [...path, name], within)
    if (schema.open) return []
    // What is missing is there under a wrong name: one mistake.
    const meant = nearName(name, schema)
    return [unknown(name, path, schema, dependencies, meant !== undefined && lacking.includes(meant))]
  })
  const misspelt = new Set(
    Object.keys(value).flatMap((name) => (schema.open || schema.field(name) ? [] : (nearName(name, schema) ?? []))),
  )
  return [
    ...lacking.filter((name) => !misspelt.has(name)).map((name) => refused([...path, name], 'is missing')),
    ...found,
  ]
}

const isMissing = (value: unknown, emptyCounts = false): boolean =>
  value === null || value === undefined || (!emptyCounts && isEmpty(value))

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.length === 0)

const refused = (path: Path, is: string): Finding => ({ path, kind: 'refused', message: `${shown(path)} ${is}` })

const wrong = (value: unknown, wanted: string, path: Path): Finding =>
  refused(path, `is ${whatItIs(value)} where ${wanted} belongs`)

/** The field that was meant, where one is written nearly so. */
const nearName = (name: string, schema: FieldsSchema): string | undefined =>
  schema.names.find((one) => one.toLowerCase() === name.toLowerCase()) ?? nearest(name, schema.names)

/** `isLacked`: the field that was meant is needed, so that all appliers refuse the object. */
const unknown = (name: string, path: Path, schema: FieldsSchema, dependencies: Around, isLacked: boolean): Finding => {
  const whole = [...path, name]
  const hint = whereItBelongs(name, path, schema, dependencies)
  return {
    path: whole,
    kind: isLacked ? 'refused' : 'tolerated',
    message: `${shown(whole)} is a field that Kubernetes does not know there`,
    ...(hint === undefined ? {} : { hint }),
  }
}

/** A field that is written nearly so here, or so in what is around it or below it. */
const whereItBelongs = (name: string, path: Path, schema: FieldsSchema, dependencies: Around): string | undefined => {
  const same = schema.names.find((one) => one.toLowerCase() === name.toLowerCase())
  if (same !== undefined) return `Write \`${same}\`.`
  const below = schema.names.filter((one) => has(schema.field(one), name))
  const near = nearest(name, schema.names)
  if (near === undefined && below.length === 1) return `It belongs into \`${shown([...path, below[0] ?? ''])}\`.`
  if (near !== undefined) return `Did you mean \`${near}\`?`
  const above = dependencies.findLast((one) => one.schema.names.includes(name))
  if (above)
    return above.path.length === 0
      ? 'Indent it less: it stands beside `spec`.'
      : `It belongs into \`${shown(above.path)}\`: indent it less.`
  return undefined
}

const has = (schema: Schema | undefined, name: string): boolean =>
  schema?.kind === 'fields' ? schema.names.includes(name) : schema?.kind === 'list' ? has(schema.items(), name) : false

/** Server-side apply tells the items of such a list apart by their keys, and takes none of them twice. */
const duplicates = (
  value: readonly unknown[],
  keys: readonly string[],
  filledIn: Readonly<Record<string, unknown>>,
  path: Path,
): readonly Finding[] => {
  if (keys.length === 0) return []
  const seen = new Map<string, number>()
  return value.flatMap((item, index): readonly Finding[] => {
    const parts =
      keys[0] === '*' ? [item] : keys.map((key) => (isRecord(item) ? (item[key] ?? filledIn[key]) : undefined))
    if (
      parts.some(
        (part) => part === undefined || part === null || (typeof part === 'object' && !(part instanceof WholeNumber)),
      )
    )
      return []
    const text = JSON.stringify(parts)
    const first = seen.get(text)
    if (first === undefined) {
      seen.set(text, index)
      return []
    }
    const what = keys[0] === '*' ? String(item) : keys.map((key, at) => `${key} ${String(parts[at])}`).join(', ')
    return [
      {
        path: isRecord(item) && keys[0] !== undefined && keys[0] in item ? [...path, index, keys[0]] : [...path, index],
        kind: 'tolerated',
        message: `${shown(path)} has ${what} twice (items ${first} and ${index}), which server-side apply refuses`,
        hint: 'Leave one of them out.',
      },
    ]
  })
}

/** What the API puts in where a key of a list is not written. */
const defaults: Readonly<Record<string, string>> = { protocol: 'TCP' }
