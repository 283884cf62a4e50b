import { flow } from '../shape/flow.ts'
import type { JsonSchema } from './json-schema.ts'

const introduction = `# kindup.yaml

<!-- Generated from config/schema by scripts/generate-schema.ts. Change it there. -->

What may stand in the file. In editors, the same is checked as you type with this first line:

\`\`\`yaml
# yaml-language-server: $schema=./node_modules/kindup/docs/kindup.schema.json
\`\`\`

- **Variables.** \`\${VAR}\` and \`\${VAR:-default}\` come from the environment, in any text; an empty variable counts as missing, and a
  missing one without default is a problem. \`$$\` is a dollar sign. Where a number or \`true\` is wanted, a variable may stand for the
  whole value. Where anything is accepted (\`set\`, \`json\`, raw \`kind\`), a variable in quotes stays a text, and one without quotes is
  read as YAML would.
- **Placeholders.** \`{env}\` \`{name}\` \`{image}\` \`{image.repository}\` \`{image.tag}\` and the \`vars\` of the environment are filled in where
  the description says so, and \`{port:80}\`: the host port that is bound for host port 80 of the file or, where it has none, for port
  80 of a node. All other braces stay. A text that holds braces needs quotes in YAML.
- **Paths** start at the folder of the file.
- **Anchors** and merge keys (\`<<\`) work. Keys of the file that begin with \`x-\` are left for them.
- **Versions** go in quotes: YAML reads \`1.30\` as the number 1.3.
`

type Section = { readonly title: string; readonly schema: JsonSchema }

/** A schema that stands elsewhere in the same document, put in its place. */
const follow = (schema: JsonSchema, root: JsonSchema): JsonSchema => {
  const name = schema.$ref?.replace('#/definitions/', '')
  const found = name === undefined ? undefined : root.definitions?.[name]
  const { $ref: _ref, definitions: _definitions, ...rest } = schema
  const own = found === undefined ? rest : { ...found, ...rest }
  const inner = (value: JsonSchema): JsonSchema => follow(value, root)
  return {
    ...own,
    ...(own.properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(own.properties).map(([key, value]) => [key, inner(value)])) }),
    ...(typeof own.additionalProperties === 'object' ? { additionalProperties: inner(own.additionalProperties) } : {}),
    ...(own.items === undefined ? {} : { items: inner(own.items) }),
    ...(own.anyOf === undefined ? {} : { anyOf: own.anyOf.map(inner) }),
    ...(own.allOf === undefined ? {} : Object.assign({}, ...own.allOf.map(inner), rest)),
  }
}

/** The reference page: one table for each map of the schema. */
export const referencePage = (schema: JsonSchema): string => {
  const parts = [introduction]
  const queue: Section[] = [{ title: 'The file', schema: follow(schema, schema) }]
  for (let section = queue.shift(); section !== undefined; section = queue.shift()) {
    const { title, schema: current } = section
    const properties = Object.entries(current.properties ?? {})
    const rows = properties.map(([key, inner]) => row(key, inner, (current.required ?? []).includes(key)))
    const base = title === 'The file' ? '' : `${title}.`
    const inner = properties.flatMap(([key, value]) => sectionsOf(`${base}${key}`, value))
    if (typeof current.additionalProperties === 'object') {
      rows.push(row('…', current.additionalProperties, false))
      inner.push(...sectionsOf(`${base}…`, current.additionalProperties))
    }
    parts.push(
      `\n## ${title === 'The file' ? title : `\`${title}\``}\n\n| key | what it is | what it says |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
    )
    // The built-in add-ons take the same section as any other chart: it is described once.
    queue.unshift(...inner.filter(({ title: name }) => !/^addons\.[^.…]+$/.test(name)))
  }
  return parts.join('')
}

/** The maps with keys of their own at and below a value, as far as no table lies between. */
const sectionsOf = (title: string, schema: JsonSchema): readonly Section[] => {
  if (schema.properties !== undefined) return [{ title, schema: follow(schema, schema) }]
  return [
    ...(schema.anyOf ?? []).flatMap((option) => sectionsOf(title, option)),
    ...(schema.items === undefined ? [] : sectionsOf(`${title}[]`, schema.items)),
    ...(typeof schema.additionalProperties === 'object' ? sectionsOf(`${title}.…`, schema.additionalProperties) : []),
  ]
}

const row = (key: string, schema: JsonSchema, required: boolean): string => {
  const notes = [
    schema.description ?? '',
    schema.default === undefined ? '' : `Default: \`${flow(schema.default)}\`.`,
    schema.examples === undefined
      ? ''
      : `For example ${schema.examples.map((example) => `\`${flow(example)}\``).join(', ')}.`,
  ]
  const text = notes
    .filter((note) => note !== '')
    .join(' ')
    .replaceAll('|', '\\|')
  return `| \`${key}\`${required ? ' (required)' : ''} | ${kindOf(schema).replaceAll('|', '\\|')} | ${text} |`
}

const kindOf = (schema: JsonSchema): string => {
  const options = schema.anyOf?.filter((option) => option.pattern !== '\\$\\{.+\\}' || option.type !== 'string')
  if (options !== undefined) return [...new Set(options.map((option) => kindOf(option)))].join(' or ')
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.const !== undefined) return `\`${flow(schema.const)}\``
  if (schema.type === 'array') return `list of ${plural(kindOf(schema.items ?? {}))}`
  if (schema.properties !== undefined) return 'section'
  if (schema.type === 'object') {
    const inner = typeof schema.additionalProperties === 'object' ? kindOf(schema.additionalProperties) : 'anything'
    return inner === 'anything' ? 'map' : `map of names to ${plural(inner)}`
  }
  const words: Record<string, string> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: '`true` or `false`',
    null: '`null`',
  }
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type]
  return types.length === 0 ? 'anything' : types.map((type) => words[type] ?? type).join(' or ')
}

const plural = (kind: string): string =>
  /^(text|section|list|map)/.test(kind) ? kind.replace(/^(text|section|list|map)/, '$1s') : kind
