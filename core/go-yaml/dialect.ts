import { wholeNumber } from '../whole-number.ts'
import type { ScalarNode } from './nodes.ts'
import { YamlError } from './cursor.ts'

/**
 * Which of Go's parsers reads a text. `go2` is behind kubectl, helm and the API: `yes`, `no`, `on`, `off`, `y` and `n`
 * are booleans there, and the last of equal keys counts. `go3` is behind kustomize: those words are text.
 */
export type Dialect = 'go2' | 'go3'

const words = (text: string, value: boolean | null): readonly (readonly [string, boolean | null])[] =>
  text.split(' ').map((word) => [word, value] as const)

const always = [
  ...words('true True TRUE', true),
  ...words('false False FALSE', false),
  ...words('~ null Null NULL', null),
]

const known: Readonly<Record<Dialect, ReadonlyMap<string, boolean | null>>> = {
  go2: new Map([
    ...always,
    ...words('y Y yes Yes YES on On ON', true),
    ...words('n N no No NO off Off OFF', false),
    ['', null],
  ]),
  go3: new Map([...always, ['', null]]),
}

const longestWord = 'false'.length

/** `.inf` and `.nan` are numbers for YAML, and none for JSON. */
const noJson = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/
const integer = /^([-+]?)(?:0[xX]([0-9A-Fa-f]+)|0[bB]([01]+)|0[oO]([0-7]+)|0([0-7]*)|([1-9][0-9]*))$/
/** More than 64 bits have in any base. */
const longestInteger = 70

/** What a scalar of the document is: text, a number, a boolean or null. Throws YamlError. */
export const scalarValue = (node: ScalarNode, dialect: Dialect): unknown => {
  const { text, tag, style } = node
  if (tag === undefined) return style === 'plain' ? plainValue(node, dialect) : text
  switch (tag) {
    case '!!binary':
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text.replaceAll(/[\r\n]/g, '')))
        throw new YamlError('!!binary value contains invalid base64 data', node.start)
      return Buffer.from(text, 'base64').toString('utf8')
    case '!!int':
    case '!!float':
    case '!!bool':
    case '!!null': {
      const value = plainValue(node, dialect)
      if (typeOf(value).includes(tag)) return value
      throw new YamlError(`cannot decode \`${text}\` as a ${tag}`, node.start)
    }
    default:
      return text
  }
}

const typeOf = (value: unknown): readonly string[] => {
  if (value === null) return ['!!null']
  if (typeof value === 'boolean') return ['!!bool']
  if (typeof value === 'string') return []
  return Number.isInteger(value) || typeof value === 'object' ? ['!!int', '!!float'] : ['!!float']
}

const plainValue = ({ text, start }: ScalarNode, dialect: Dialect): unknown => {
  const word = text.length <= longestWord ? known[dialect].get(text) : undefined
  if (word !== undefined) return word
  const first = text.charCodeAt(0)
  // A digit, a sign or a dot: nothing else begins a number.
  if (!((first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e)) return text
  if (noJson.test(text))
    throw new YamlError(`${text} is a number that JSON does not have, so the API cannot take it`, start)
  const digits = first === 0x2e ? text : text.replaceAll('_', '')
  return integerOf(digits) ?? floatOf(digits) ?? text
}

/** Whole numbers of 64 bits, signed or not. */
const integerOf = (text: string): unknown => {
  if (text.length > longestInteger) return undefined
  const found = integer.exec(text)
  if (!found) return undefined
  const [, sign = '', hex, binary, octal, legacy, decimal] = found
  const value = BigInt(
    hex !== undefined
      ? `0x${hex}`
      : binary !== undefined
        ? `0b${binary}`
        : octal !== undefined
          ? `0o${octal}`
          : legacy !== undefined
            ? `0o0${legacy}`
            : (decimal ?? '0'),
  )
  const signed = sign === '-' ? -value : value
  const most = sign === '' ? 2n ** 64n : 2n ** 63n
  return signed >= -(2n ** 63n) && signed < most ? wholeNumber(signed) : undefined
}

/** Undefined where it is none, or larger than 64 bits hold: then it is text for Go. */
const floatOf = (text: string): number | undefined => {
  if (!float.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
