import { z } from 'zod'
import type { Path } from '../path.ts'

type Schema = z.core.$ZodType

const unwrap = (schema: Schema): Schema =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional ? unwrap(schema.unwrap()) : schema

const step = (schema: Schema, part: string | number): readonly Schema[] => {
  const inner = unwrap(schema)
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option) => step(option, part))
  if (inner instanceof z.ZodArray) return typeof part === 'number' ? [inner.element] : []
  if (inner instanceof z.ZodRecord) return [inner.valueType]
  if (!(inner instanceof z.ZodObject) || typeof part !== 'string') return []
  const known: unknown = Object.hasOwn(inner.shape, part) ? inner.shape[part] : inner.def.catchall
  return known instanceof z.ZodType && !(known instanceof z.ZodNever) ? [known] : []
}

/** The schemas that a value at `path` may follow; several below a union. */
const schemasAt = (root: Schema, path: Path): readonly Schema[] =>
  path.reduce<readonly Schema[]>((schemas, part) => schemas.flatMap((schema) => step(schema, part)), [root])

/** The keys that a map at `path` may have. */
export const keysAt = (root: Schema, path: Path): readonly string[] => [
  ...new Set(
    schemasAt(root, path)
      .map(unwrap)
      .flatMap((schema) => (schema instanceof z.ZodUnion ? schema.options.map((option) => unwrap(option)) : [schema]))
      .flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : [])),
  ),
]

/** The values that may be chosen from at `path`, where it is a choice and nothing else. */
export const choicesAt = (root: Schema, path: Path): readonly unknown[] => {
  const [only, ...more] = schemasAt(root, path).map(unwrap)
  return more.length === 0 && only instanceof z.ZodEnum ? only.options : []
}

/** Whether a text could stand at `path`. */
export const takesText = (root: Schema, path: Path, text: string): boolean =>
  schemasAt(root, path).some((schema) => z.safeParse(schema, text).success)

type Notes = {
  readonly example?: unknown
  readonly secret: boolean
  /** A map whose values must not be shown: what stands there in another shape may hold one. */
  readonly holdsSecrets: boolean
}

/** What the schema notes about the value at `path`: an example, and whether it must not be shown. */
export const notesAt = (root: Schema, path: Path): Notes => {
  const schemas = schemasAt(root, path).map(unwrap)
  const metas = schemas.map((schema) => z.globalRegistry.get(schema))
  const examples = metas.flatMap((meta) => (Array.isArray(meta?.['examples']) ? (meta['examples'] as unknown[]) : []))
  return {
    ...(examples.length > 0 ? { example: examples[0] } : {}),
    secret: metas.some((meta) => meta?.['writeOnly'] === true),
    holdsSecrets: schemas.some(
      (schema) => schema instanceof z.ZodRecord && z.globalRegistry.get(schema.valueType)?.['writeOnly'] === true,
    ),
  }
}
