import { z } from 'zod'
import type { JsonSchema } from '../../config/reference/json-schema.ts'

/** Shapes as types that a person reads, and the names of those that they are made of. */
export type Types = { readonly text: (shape: z.ZodType) => string; readonly parts: () => ReadonlyMap<string, string> }

type Whole = JsonSchema & { readonly $defs?: Readonly<Record<string, JsonSchema>> }

/** Writes shapes as TypeScript does. A shape with an `id` is named where it is used, and said once, as a part. */
export const makeTypes = (): Types => {
  const parts = new Map<string, string>()
  const text = (shape: z.ZodType): string => {
    const { $defs = {}, ...schema }: Whole = JSON.parse(JSON.stringify(z.toJSONSchema(shape)))
    for (const [name, part] of Object.entries($defs)) parts.set(name, typeOf(part))
    return typeOf(schema)
  }
  return { text, parts: () => new Map([...parts].toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

const typeOf = (schema: JsonSchema): string => {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '')
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(' | ')
  if (schema.type === 'array') return listOf(typeOf(schema.items ?? {}))
  if (schema.properties) return fieldsOf(schema)
  if (schema.type === 'object')
    return `Record<string, ${typeOf(typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {})}>`
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'unknown']
  return types.join(' | ')
}

const listOf = (item: string): string => (/ \| /.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`)

const fieldsOf = ({ properties = {}, required = [] }: JsonSchema): string => {
  const lines = Object.entries(properties).map(([name, one]) => {
    const [first = '', ...rest] = typeOf(one).split('\n')
    const head = `${name}${required.includes(name) ? '' : '?'}: ${first}`
    const note = one.description === undefined ? undefined : `// ${one.description}`
    // What is said of a map stands before it: behind its brace it reads as if it were of its first field.
    const said = note === undefined ? [head] : rest.length === 0 ? [`${head} ${note}`] : [note, head]
    return [...said, ...rest].map((line) => `  ${line}`).join('\n')
  })
  return `{\n${lines.join('\n')}\n}`
}
