import { nearest } from '../../core/suggest.ts'
import { WholeNumber } from '../../core/whole-number.ts'
import type { Schema } from './schema.ts'
import { whatItIs } from './words.ts'

type Scalar = Extract<Schema, { readonly choices?: readonly unknown[] }>

type Fault = { readonly is: string; readonly hint?: string }

/** What is wrong with a value of a field that holds no others; undefined when nothing is. */
export const faultOf = (value: unknown, schema: Scalar): Fault | undefined => {
  const wanted = { is: `is ${whatItIs(value)} where ${names[schema.kind]} belongs` }
  const isNumber = typeof value === 'number' || value instanceof WholeNumber
  switch (schema.kind) {
    case 'string':
      if (typeof value !== 'string') return { ...wanted, ...inQuotes(value) }
      break
    case 'boolean':
      if (typeof value !== 'boolean')
        return {
          ...wanted,
          ...(value === 'true' || value === 'false' ? { hint: `Write ${value} without quotes.` } : {}),
        }
      break
    case 'number':
      if (!isNumber) return wanted
      break
    case 'int32':
    case 'int64':
      if (!isWhole(value)) return { ...wanted, ...withoutQuotes(value) }
      if (schema.kind === 'int32' && (value instanceof WholeNumber || Math.abs(Number(value)) > 2 ** 31 - 1))
        return { is: `is ${String(value)}, which is more than 32 bits hold` }
      break
    case 'int-or-string':
      if (typeof value !== 'string' && !isWhole(value)) return wanted
      break
    case 'quantity':
      if (!isNumber && typeof value !== 'string') return wanted
      if (typeof value === 'string' && !quantity.test(value.trim()))
        return { is: `is ${whatItIs(value)}, which is no quantity`, hint: quantityHint(value) }
      break
    case 'time':
      if (typeof value !== 'string') return { ...wanted, ...inQuotes(value) }
      if (!time.test(value)) return { is: `is ${whatItIs(value)} where ${names.time} belongs` }
      break
    case 'bytes':
      if (typeof value !== 'string') return { ...wanted, ...inQuotes(value) }
      if (!isBase64(value))
        return { is: 'is no base64', hint: 'A Secret takes plain text under `stringData`, or: printf %s TEXT | base64' }
      break
  }
  return choiceFault(value, schema) ?? limitFault(value, schema)
}

const names: Readonly<Record<Scalar['kind'], string>> = {
  string: 'a text',
  bytes: 'base64',
  time: 'a time like 2026-01-31T12:00:00Z',
  boolean: 'true or false',
  number: 'a number',
  int32: 'a whole number',
  int64: 'a whole number',
  quantity: 'a quantity like 500m or 1Gi',
  'int-or-string': 'a whole number or a text',
}

const isWhole = (value: unknown): boolean => value instanceof WholeNumber || Number.isInteger(value)

const inQuotes = (value: unknown): Pick<Fault, 'hint'> =>
  typeof value === 'number' || typeof value === 'boolean' || value instanceof WholeNumber
    ? { hint: `Put it in quotes: "${String(value)}".` }
    : {}

const withoutQuotes = (value: unknown): Pick<Fault, 'hint'> =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? { hint: `Write ${value} without quotes.` } : {}

/** k8s.io/apimachinery pkg/api/resource: a decimal number with a suffix of tens, of twos, or an exponent. */
const quantity = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/

const quantityHint = (value: string): string => {
  const [, number, unit = ''] = /^\s*([+-]?[\d.]+)\s*([A-Za-z]+)/.exec(value) ?? []
  const said = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined
  return number === undefined || said === undefined
    ? 'Quantities are written as 250m, 2, 64Mi, 1.5Gi.'
    : `Write ${number}${said}.`
}

const units: Readonly<Record<string, string>> = {
  b: '',
  kb: 'k',
  mb: 'M',
  gb: 'G',
  tb: 'T',
  kib: 'Ki',
  mib: 'Mi',
  gib: 'Gi',
  tib: 'Ti',
  ki: 'Ki',
  mi: 'Mi',
  gi: 'Gi',
  ti: 'Ti',
  g: 'G',
  k: 'k',
  cpu: '',
  cores: '',
}

const time = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** As Go decodes it: line ends do not count, and a length that is no multiple of four is wrong. */
const isBase64 = (value: string): boolean => {
  const text = value.replace(/[\r\n]/g, '')
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/** Large ones are objects, each its own. */
const isSameNumber = (a: unknown, b: unknown): boolean =>
  a instanceof WholeNumber && b instanceof WholeNumber && String(a) === String(b)

const choiceFault = (value: unknown, { choices }: Scalar): Fault | undefined =>
  choices === undefined || choices.some((one) => one === value || isSameNumber(one, value))
    ? undefined
    : {
        is: `is ${whatItIs(value)} where one of these belongs: ${choices
          .filter((one) => one !== '')
          .map(String)
          .join(', ')}`,
        ...meant(value, choices),
      }

const meant = (value: unknown, choices: readonly unknown[]): Pick<Fault, 'hint'> => {
  const near =
    typeof value === 'string'
      ? nearest(
          value,
          choices.map(String).filter((one) => one !== ''),
        )
      : undefined
  return near === undefined ? {} : { hint: `Did you mean ${near}?` }
}

const limitFault = (value: unknown, { limits }: Scalar): Fault | undefined => {
  if (!limits) return undefined
  const { minimum = -Infinity, maximum = Infinity, minLength = 0, maxLength = Infinity, pattern } = limits
  if (typeof value === 'number') {
    if (value < minimum) return { is: `is ${value} where at least ${minimum} belongs` }
    if (value > maximum) return { is: `is ${value} where at most ${maximum} belongs` }
  }
  if (typeof value !== 'string') return undefined
  const length = Array.from(value).length
  if (length < minLength) return { is: `has ${length} characters where at least ${minLength} belong` }
  if (length > maxLength) return { is: `has ${length} characters where at most ${maxLength} belong` }
  if (pattern !== undefined && matches(value, pattern) === false)
    return { is: `is ${whatItIs(value)}, which does not match ${pattern}` }
  return undefined
}

/** Undefined where JavaScript cannot read the pattern: Go's have a few words of their own. */
const matches = (value: string, pattern: string): boolean | undefined => {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return undefined
  }
}
