import { isRecord } from '../../core/is-record.ts'

const placeholder = /\$\{([A-Za-z_]\w*)(?::?[-=]([^}]*))?\}/g

/** The object with the values of `postBuild.substitute`; what they do not name stays, or becomes what it says itself. */
export const substituted = <T>(value: T, values: Readonly<Record<string, string>>): T =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- other texts in the same shape
  (Object.keys(values).length === 0 ? value : filled(value, values)) as T

const filled = (value: unknown, values: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string')
    return value.replaceAll(placeholder, (whole, name: string, own?: string) => values[name] ?? own ?? whole)
  if (Array.isArray(value)) return value.map((item) => filled(item, values))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)]))
}
