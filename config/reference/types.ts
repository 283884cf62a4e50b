import type { JsonSchema } from './json-schema.ts'

/** The declarations of `kindup/config`: the file's schema as a type, with what each key is for, and `defineConfig`. */
export const configTypes = (schema: JsonSchema): string =>
  [
    '// Generated from config/schema by `npm run generate`.',
    '',
    ...Object.entries(schema.definitions ?? {}).map(
      ([name, one]) => `export type ${typeName(name)} = ${typeOf(one)}\n`,
    ),
    '/** What a kindup.yaml says. Relative paths start at the folder of the file. */',
    `export type KindupConfig = ${typeOf(schema)}`,
    '',
    'type Later = Promise<KindupConfig> | (() => KindupConfig | Promise<KindupConfig>)',
    '',
    '/** What a kindup.config.ts may export as its default. */',
    'export type KindupConfigExport = KindupConfig | Later',
    '',
    '/** Gives the file its types: `export default defineConfig({ … })` in a kindup.config.ts. */',
    'export declare function defineConfig(config: Later): KindupConfigExport',
    '// Last, so that what is wrong with an object is told by its own type. A function has a `name` too, and is none.',
    'export declare function defineConfig(config: KindupConfig & { readonly apply?: never }): KindupConfigExport',
    '',
  ].join('\n')

const typeName = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}Config`

const typeOf = (schema: JsonSchema | boolean): string => {
  if (typeof schema === 'boolean') return 'unknown'
  if (schema.$ref !== undefined) return typeName(schema.$ref.replace('#/definitions/', ''))
  // What stands beside the keys says which of them go together; that is checked when the file is read.
  if (schema.properties) return objectOf(schema)
  if (schema.anyOf) return unionOf(schema.anyOf.map(typeOf))
  if (schema.not !== undefined) return 'never'
  if (schema.allOf) return schema.allOf.map((one) => `(${typeOf(one)})`).join(' & ')
  if (schema.enum) return unionOf(schema.enum.map((one) => JSON.stringify(one)))
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (Array.isArray(schema.type)) return unionOf(schema.type.map((type) => typeOf({ type })))
  if (schema.type === 'array') return `readonly (${typeOf(schema.items ?? true)})[]`
  if (schema.type === 'integer') return 'number'
  if (schema.type === 'object') return objectOf(schema)
  return schema.type ?? 'unknown'
}

const unionOf = (types: readonly string[]): string => [...new Set(types)].join(' | ')

const objectOf = ({ properties, additionalProperties, required = [] }: JsonSchema): string => {
  const keys = Object.entries(properties ?? {})
  const others = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : undefined
  if (keys.length === 0) return `{ readonly [key: string]: ${orUndefined(others ?? 'unknown')} }`
  const lines = keys.map(([key, one]) => {
    const optional = !required.includes(key)
    return `${comment(one)}  readonly ${JSON.stringify(key)}${optional ? '?' : ''}: ${optional ? orUndefined(typeOf(one)) : typeOf(one)}`
  })
  if (others !== undefined) {
    const all = unionOf([others, ...keys.map(([, one]) => typeOf(one))])
    lines.push(`  readonly [key: string]: ${all} | undefined`)
  }
  return `{\n${lines.join('\n')}\n}`
}

/** Left out where a condition says so: `tls: isCi ? undefined : true`. */
const orUndefined = (type: string): string => (type === 'unknown' ? type : `${type} | undefined`)

const comment = ({ description, default: usual, examples }: JsonSchema): string => {
  if (description === undefined) return ''
  const more = [
    ...(usual === undefined ? [] : [`@default ${JSON.stringify(usual)}`]),
    ...(examples ?? []).slice(0, 2).map((one) => `@example ${JSON.stringify(one)}`),
  ]
  const lines = [description, ...more].map((line) => line.replaceAll('*/', '*\\/'))
  return lines.length === 1
    ? `  /** ${lines[0]} */\n`
    : `  /**\n${lines.map((line) => `   * ${line}\n`).join('')}   */\n`
}
