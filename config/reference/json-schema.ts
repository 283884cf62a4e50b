import { z } from 'zod'
import { fileSchema } from '../schema/file.ts'

/** The part of JSON Schema that comes out of the file's schema. */
export type JsonSchema = {
  $schema?: string
  title?: string
  description?: string
  type?: string | string[]
  $ref?: string
  definitions?: Record<string, JsonSchema>
  properties?: Record<string, JsonSchema>
  patternProperties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  propertyNames?: JsonSchema
  required?: string[]
  items?: JsonSchema
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  enum?: unknown[]
  const?: unknown
  default?: unknown
  examples?: unknown[]
  pattern?: string
  maximum?: number
  [key: string]: unknown
}

/** Where a value is not a text of any form, or has rules, a variable may stand for it: editors see the file before it is filled in. */
const variable: JsonSchema = { type: 'string', pattern: '\\$\\{.+\\}' }

const isNarrow = (schema: JsonSchema): boolean =>
  schema.enum !== undefined ||
  schema.const !== undefined ||
  schema.pattern !== undefined ||
  (typeof schema.type === 'string' && ['number', 'integer', 'boolean'].includes(schema.type))

const each = <T, U>(map: Readonly<Record<string, T>>, change: (inner: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(map).map(([key, inner]) => [key, change(inner)]))

/** Lets variables stand in narrow places, everywhere below. */
const withVariables = (schema: JsonSchema): JsonSchema => {
  const { definitions, properties, additionalProperties, items, anyOf, ...rest } = schema
  const result: JsonSchema = {
    ...rest,
    ...(definitions === undefined ? {} : { definitions: each(definitions, withVariables) }),
    ...(properties === undefined ? {} : { properties: each(properties, withVariables) }),
    ...(additionalProperties === undefined
      ? {}
      : {
          additionalProperties:
            typeof additionalProperties === 'boolean' ? additionalProperties : withVariables(additionalProperties),
        }),
    ...(items === undefined ? {} : { items: withVariables(items) }),
    ...(anyOf === undefined
      ? {}
      : { anyOf: [...anyOf.map((inner) => withVariables(inner)).flatMap(unwrapped), variable] }),
  }
  if (!isNarrow(result)) return result
  const { description, default: fallback, examples, writeOnly, ...narrow } = result
  const notes = Object.fromEntries(
    Object.entries({ description, default: fallback, examples, writeOnly }).filter(([, value]) => value !== undefined),
  )
  return { ...notes, anyOf: [narrow, variable] }
}

/** A choice within a choice is one choice. */
const unwrapped = (schema: JsonSchema): readonly JsonSchema[] => {
  const { anyOf, ...notes } = schema
  if (anyOf === undefined || Object.keys(notes).length > 0) return [schema]
  return anyOf.filter((inner) => inner !== variable)
}

/** The same without variables: a file of code has values of its own. */
export const plainSchema = (): JsonSchema =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- zod's type allows for more than zod writes of this schema
  z.toJSONSchema(fileSchema, { target: 'draft-07', io: 'input' }) as JsonSchema

/** The JSON Schema (draft 7, the newest that editors agree on) of `kindup.yaml`. */
export const jsonSchema = (): JsonSchema => {
  const { $schema, ...made } = withVariables(plainSchema())
  return {
    ...($schema === undefined ? {} : { $schema }),
    title: 'kindup.yaml',
    description: 'A local Kubernetes environment.',
    ...made,
    // Anchors for later use stand under keys of this kind.
    patternProperties: { '^x-': {} },
  }
}
