import { isScalar, parse, type Node } from 'yaml'

/** What a scalar says to those who read the file: Go's YAML takes `1.10` for a number and `on` for a boolean. */
export type Said = string | number | boolean | null

/** What stands in a node, null where there is nothing. Aliases are to be followed before. */
export const said = (node: unknown): Said => {
  if (!isScalar(node)) return null
  const value: unknown = node.type === 'PLAIN' ? readPlain(node.source ?? '', node.value) : node.value
  return isSaid(value) ? value : (node.source ?? '')
}

const isSaid = (value: unknown): value is Said =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** Numbers and booleans of YAML 1.1 as Go reads them; dates stay text, as they do there. */
const readPlain = (source: string, value: unknown): unknown => {
  if (typeof value !== 'string' || !isWord(source)) return value
  const old = parse(source, { schema: 'yaml-1.1', logLevel: 'silent' }) as unknown
  return typeof old === 'number' || typeof old === 'boolean' ? old : value
}

/** A value that reads as this text in YAML 1.1 and 1.2, in the quotes of what it takes the place of, else plain where that can be. */
export const scalarText = (value: string, before?: Node | null): string => {
  const style = isScalar(before) ? before.type : undefined
  if (style === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`
  return style !== 'QUOTE_DOUBLE' && readsAsText(value) ? value : JSON.stringify(value)
}

const isWord = (text: string): boolean => /^\w[\w./:@+-]*$/.test(text)

const readsAsText = (text: string): boolean =>
  isWord(text) &&
  !text.endsWith(':') &&
  (['core', 'yaml-1.1'] as const).every((schema) => parse(text, { schema, logLevel: 'silent' }) === text)
