import { textAt } from '../../../core/fields.ts'
import { isRecord } from '../../../core/is-record.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a file says of its own values where it is merged into another: where they stand, keys joined by `at`. */
export type MergeTags = {
  /** Of values that take the place of what was there. */
  readonly override: ReadonlySet<string>
  /** Of values that take away what was there. */
  readonly reset: ReadonlySet<string>
}

export const noTags: MergeTags = { override: new Set(), reset: new Set() }

/** A place in a file as one text. */
export const at = (path: readonly string[]): string => path.join('\0')

/**
 * One compose file, or one service, over another: maps merge, lists append, and what can be there once is there once.
 * Source: "Merge" of the Compose specification.
 */
export const merge = (
  under: unknown,
  over: unknown,
  tags: MergeTags = noTags,
  path: readonly string[] = [],
): unknown => {
  if (tags.reset.has(at(path))) return undefined
  if (tags.override.has(at(path)) || under === undefined || under === null) return withoutReset(over, tags, path)
  if (over === undefined || over === null) return under
  // The whole file is merged, or a service alone.
  const field = path[0] === 'services' ? path.slice(2) : path
  const key = path.at(-1) ?? ''
  const asMap = mapForm[key]
  const [below, above] = asMap && field.length > 0 ? [asMap(under), asMap(over)] : [under, over]
  if (isRecord(below) && isRecord(above)) {
    const keys = [...new Set([...Object.keys(below), ...Object.keys(above)])]
    return Object.fromEntries(
      keys.flatMap((one): readonly (readonly [string, unknown])[] => {
        const isReset = tags.reset.has(at([...path, one]))
        if (isReset) return []
        return [
          [
            one,
            one in above
              ? one in below
                ? merge(below[one], above[one], tags, [...path, one])
                : withoutReset(above[one], tags, [...path, one])
              : below[one],
          ],
        ]
      }),
    )
  }
  if (whole.has(key)) return above
  if ((field.length === 1 && listed.has(key)) || (Array.isArray(below) && Array.isArray(above))) {
    const all = [below, above].flat() as readonly unknown[]
    const identity = identities[key] ?? ((one: unknown) => JSON.stringify(one))
    return [...new Map(all.map((one) => [identity(one), one])).values()]
  }
  return above
}

const withoutReset = (value: unknown, tags: MergeTags, path: readonly string[]): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => !tags.reset.has(at([...path, key])))
          .map(([key, inner]) => [key, withoutReset(inner, tags, [...path, key])]),
      )
    : value

/** Commands are one value, although they may be lists. */
const whole = new Set(['command', 'entrypoint', 'test'])

/** Lists that may be written as a single text. */
const listed = new Set(['dns', 'dns_search', 'env_file', 'tmpfs'])

const pairs = (value: unknown): unknown =>
  Array.isArray(value)
    ? Object.fromEntries(
        value.map(String).map((line) => {
          const [, name = line, text = null] = /^([^=]*)=([\s\S]*)$/.exec(line) ?? []
          return [name, text]
        }),
      )
    : value

const names =
  (inner: Fields | null) =>
  (value: unknown): unknown =>
    Array.isArray(value) ? Object.fromEntries(value.map((name) => [String(name), inner])) : value

/** Fields with a short form, as the map that it stands for. */
const mapForm: Readonly<Record<string, ((value: unknown) => unknown) | undefined>> = {
  annotations: pairs,
  args: pairs,
  build: (value) => (typeof value === 'string' ? { context: value } : value),
  depends_on: names({ condition: 'service_started' }),
  environment: pairs,
  extends: (value) => (typeof value === 'string' ? { service: value } : value),
  labels: pairs,
  networks: names(null),
  sysctls: pairs,
}

/** Of what two entries of a list are the same one: the later counts. */
const identities: Readonly<Record<string, ((entry: unknown) => string) | undefined>> = {
  configs: (entry) => textAt(entry, 'target') ?? textAt(entry, 'source') ?? String(entry),
  secrets: (entry) => textAt(entry, 'target') ?? textAt(entry, 'source') ?? String(entry),
  volumes: (entry) => textAt(entry, 'target') ?? targetOf(String(entry)),
}

/** `[source:]target[:mode]`; a source may have a variable with a usual value in it. */
const targetOf = (volume: string): string => {
  const parts = volume.replaceAll(/\$\{[^{}]*\}/g, '').split(':')
  return parts[1] ?? parts[0] ?? ''
}
