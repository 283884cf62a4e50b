import { WholeNumber } from '../../core/whole-number.ts'

/** Keys and positions in an object. */
export type Path = readonly (string | number)[]

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
export const shown = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const plain = /^[A-Za-z0-9_-]+$/.test(part)
    return plain ? `${text}${text === '' ? '' : '.'}${part}` : `${text}[${part}]`
  }, '')
