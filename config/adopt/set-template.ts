import { isRecord } from '../../core/is-record.ts'
import { valueAt, type Fields } from '../../core/fields.ts'

const placeholder = /\{\{-?\s*(.+?)\s*-?\}\}/g

/** A template of an ApplicationSet with its parameters; what they do not name stays as it is. */
export const fill = (value: unknown, parameters: Fields, isGo: boolean): unknown => {
  if (typeof value === 'string')
    return value.replaceAll(placeholder, (whole, expression: string) => {
      const found = isGo
        ? goValue(expression, parameters)
        : (parameters[expression] ?? flattened(parameters)[expression])
      return isPlain(found) ? String(found) : whole
    })
  if (Array.isArray(value)) return value.map((item) => fill(item, parameters, isGo))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [String(fill(key, parameters, isGo)), fill(inner, parameters, isGo)]),
  )
}

/** The first placeholder that is left in a value. */
export const firstOpen = (value: unknown): string | undefined => {
  if (typeof value === 'string') return /\{\{.+?\}\}/.exec(value)?.[0]
  return typeof value === 'object' && value !== null
    ? Object.values(value)
        .map(firstOpen)
        .find((one) => one !== undefined)
    : undefined
}

/** Maps of maps as one map of dotted keys. */
export const flattened = (value: Fields, before = ''): Fields =>
  Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
      isRecord(inner) ? Object.entries(flattened(inner, `${before}${key}.`)) : [[`${before}${key}`, inner]],
    ),
  )

/** `values` of a generator, which may name what else it made. */
export const withValues = (parameters: Fields, one: Fields, isGo: boolean): Fields => {
  if (one['values'] === undefined) return parameters
  const values = { values: fill(one['values'], parameters, isGo) }
  return { ...parameters, ...(isGo ? values : flattened(values)) }
}

/** The second goes before the first, map by map; null takes a key away. */
export const merged = (below: Fields, above: Fields): Fields => {
  const result: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) {
    if (value === null) delete result[key]
    else {
      const under = result[key]
      result[key] = isRecord(under) && isRecord(value) ? merged(under, value) : value
    }
  }
  return result
}

type Plain = string | number | boolean

export const isPlain = (value: unknown): value is Plain =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** A name of DNS, as Argo CD's own function makes it. */
export const normal = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^-a-z0-9.]/g, '-')
    .slice(0, 253)
    .replaceAll(/^[-.]+|[-.]+$/g, '')

/** Functions of Go's templates; the value comes last, as a pipe hands it on. */
const functions: Readonly<Record<string, (args: readonly unknown[]) => unknown>> = {
  index: ([from, ...keys]) =>
    keys.reduce((at, key) => valueAt(at, isPlain(key) && typeof key !== 'boolean' ? key : ''), from),
  lower: ([text]) => String(text).toLowerCase(),
  upper: ([text]) => String(text).toUpperCase(),
  trim: ([text]) => String(text).trim(),
  quote: ([text]) => JSON.stringify(String(text)),
  normalize: ([text]) => normal(String(text)),
  default: ([other, value]) => (value === undefined || value === '' || value === 0 || value === false ? other : value),
  trimPrefix: ([start, text]) => String(text).slice(String(text).startsWith(String(start)) ? String(start).length : 0),
  trimSuffix: ([end, text]) =>
    String(text).endsWith(String(end)) ? String(text).slice(0, String(text).length - String(end).length) : text,
  replace: ([from, to, text]) => String(text).replaceAll(String(from), () => String(to)),
}

/** `.a.b`, `index .path.segments 1`, `.name | lower`; whatever else Go's templates can stays open, and is said. */
const goValue = (expression: string, parameters: Fields): unknown => {
  const tokens = expression.match(/"[^"\\]*"|[^\s|"]+|\|/g) ?? []
  let value: unknown
  let stage: unknown[] = []
  let called: string | undefined
  let isFirst = true
  for (const token of [...tokens, '|']) {
    if (token !== '|') {
      const known = called === undefined && stage.length === 0 && Object.hasOwn(functions, token)
      if (known) called = token
      else if (token.startsWith('"')) stage.push(token.slice(1, -1))
      else if (/^-?\d+$/.test(token)) stage.push(Number(token))
      else if (/^(\.[A-Za-z_]\w*)+$/.test(token)) stage.push(valueAt(parameters, ...token.slice(1).split('.')))
      else return undefined
      continue
    }
    if (called === undefined) {
      if (stage.length !== 1 || !isFirst) return undefined
      value = stage[0]
    } else {
      const args = isFirst ? stage : [...stage, value]
      if (args.length === 0 || (called !== 'default' && args.includes(undefined))) return undefined
      value = functions[called]?.(args)
    }
    stage = []
    called = undefined
    isFirst = false
  }
  return value
}
