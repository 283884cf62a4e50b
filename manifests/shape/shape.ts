import { isRecord } from '../../core/is-record.ts'
import { WholeNumber } from '../../core/whole-number.ts'

/** What may stand somewhere in an object. Null is nothing, and may stand anywhere but in a field that is needed. */
export type Shape =
  | 'anything'
  | 'text'
  | 'number'
  | 'boolean'
  | 'text or number'
  | { readonly list: Shape }
  /** Any keys, each with a value of this shape. */
  | { readonly map: Shape }
  /** Fields by their names; others may be anything. `needs` names those that the API asks for. */
  | { readonly fields: Readonly<Record<string, Shape>>; readonly needs?: readonly string[] }

export const list = (items: Shape): Shape => ({ list: items })
export const map = (values: Shape): Shape => ({ map: values })
export const fields = (known: Readonly<Record<string, Shape>>, ...needs: readonly string[]): Shape => ({
  fields: known,
  needs,
})

/** Something that the API refuses. `path` is of keys and positions. */
export type ShapeFault = { readonly path: readonly (string | number)[]; readonly message: string }

/** What of a value has not the shape that it is to have. */
export const shapeFaults = (
  value: unknown,
  shape: Shape,
  path: readonly (string | number)[] = [],
): readonly ShapeFault[] => {
  if (shape === 'anything' || value === null || value === undefined) return []
  if (typeof shape === 'string') return isScalar(value, shape) ? [] : [wrong(value, `a ${shape}`, path)]
  if ('list' in shape) {
    if (!Array.isArray(value)) return [wrong(value, 'a list', path)]
    return value.flatMap((item: unknown, index) => shapeFaults(orEmpty(item, shape.list), shape.list, [...path, index]))
  }
  if (!isRecord(value)) return [wrong(value, 'a map', path)]
  if ('map' in shape)
    return Object.entries(value).flatMap(([key, inner]) => shapeFaults(inner, shape.map, [...path, key]))
  return [
    ...(shape.needs ?? [])
      .filter((key) => isMissing(value[key]))
      .map((key) => ({ path: key in value ? [...path, key] : path, message: `${shown([...path, key])} is missing` })),
    ...Object.entries(shape.fields).flatMap(([key, inner]) => shapeFaults(value[key], inner, [...path, key])),
  ]
}

/** An item that is not written is one without any field. */
const orEmpty = (item: unknown, shape: Shape): unknown =>
  item === null && typeof shape === 'object' && 'fields' in shape ? {} : item

const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)

const isScalar = (value: unknown, shape: 'text' | 'number' | 'boolean' | 'text or number'): boolean => {
  const isNumber = typeof value === 'number' || value instanceof WholeNumber
  switch (shape) {
    case 'text':
      return typeof value === 'string'
    case 'number':
      return isNumber
    case 'boolean':
      return typeof value === 'boolean'
    case 'text or number':
      return isNumber || typeof value === 'string'
  }
}

const wrong = (value: unknown, wanted: string, path: ShapeFault['path']): ShapeFault => ({
  path,
  message: `${shown(path)} is ${whatItIs(value)} where ${wanted} belongs`,
})

/** In words: `the number 5`, `a list`. */
export const whatItIs = (value: unknown): string => {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' || value instanceof WholeNumber) return `the number ${String(value)}`
  if (typeof value === 'boolean') return `the boolean ${String(value)}`
  if (typeof value === 'string')
    return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}`
  return 'a map'
}

/** `spec.template.spec.containers[0].image`, as Kubernetes writes paths. */
export const shown = (path: ShapeFault['path']): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const plain = /^[A-Za-z0-9_-]+$/.test(part)
    return plain ? `${text}${text === '' ? '' : '.'}${part}` : `${text}[${part}]`
  }, '')
