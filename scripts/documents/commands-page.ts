import type { Argument, Command, Option } from 'commander'
import type { Documented, Documents } from './document.ts'
import { exitCodes, failure } from './failure.ts'
import { z } from 'zod'
import type { JsonSchema } from '../../config/reference/json-schema.ts'

const introduction = `# Every command

<!-- Generated from scripts/commands.ts, scripts/flags and scripts/documents by scripts/generate-schema.ts. Change it there. -->

It is \`npx kindup up\`, and in a checkout of kindup \`npm run up --\` with its flags behind; \`kindup up --help\` prints the flags of \`up\`.
A flag stands behind the command, as \`--name shop\` or \`--name=shop\`; what stands behind \`--\` belongs to a program that is run.
`

/** Commands as the command line makes them, in the order of its help. */
export type Shown = { readonly command: Command; readonly summary: string; readonly alias?: string }

/** The reference page: each command with its flags, arguments and exit codes, and the shape of what `--json` prints. */
export const commandsPage = (all: readonly Shown[], documents: Documents): string => {
  const types = makeTypes()
  const shared = sharedBy(all.flatMap(({ command }) => leavesOf(command)).map(({ command }) => command))
  const details = all.flatMap(({ command, summary, alias }) =>
    leavesOf(command).map(({ words, command: leaf }) =>
      section(
        words,
        {
          summary: leaf === command ? summary : leaf.description(),
          command: leaf,
          ...(alias !== undefined && { alias }),
        },
        documents[words] ?? {},
        { types, shared },
      ),
    ),
  )
  return [
    introduction,
    table(
      ['command', 'what it does'],
      all.map(({ command, summary }) => [
        leavesOf(command)
          .map(({ words }) => `[\`${words}\`](#kindup-${words.replaceAll(' ', '-')})`)
          .join(', '),
        summary,
      ]),
    ),
    `## Flags of every command\n\n${flagTable(shared)}`,
    `## Exit codes\n\nWhere a command says nothing else:\n\n${exitTable(exitCodes)}`,
    `## What \`--json\` prints

Exactly one document goes to standard output; progress and prose go to standard error. Its shape stands with the command. Fields may be
added, and none goes away: read those that you know. A command that could not do what it is for prints this one instead, whichever it is:

${shapeBlock('Failure', types.text(failure))}`,
    ...details,
    `## Parts of documents\n\n${[...types.parts()].map(([name, text]) => shapeBlock(name, text)).join('\n\n')}`,
  ].join('\n\n')
}

type Leaf = { readonly words: string; readonly command: Command }

/** `snapshot save` and its like; a command without any below it is itself one. */
export const leavesOf = (command: Command, before = ''): readonly Leaf[] => {
  const words = `${before} ${command.name()}`.trim()
  return command.commands.length === 0 ? [{ words, command }] : command.commands.flatMap((one) => leavesOf(one, words))
}

const sharedBy = (commands: readonly Command[]): readonly Option[] =>
  (commands[0]?.options ?? []).filter(({ flags }) =>
    commands.every(({ options }) => options.some((option) => option.flags === flags)),
  )

const section = (
  words: string,
  { command, summary, alias }: Shown,
  { document, lines, json, exits }: Documented,
  { types, shared }: { readonly types: Types; readonly shared: readonly Option[] },
): string => {
  const own = command.options.filter(({ flags }) => !shared.some((option) => option.flags === flags))
  const given = command.registeredArguments
  const usage = [`kindup ${words}`, ...given.map((one) => nameOf(one)), '[flags]']
  const parts = [
    `## kindup ${words}`,
    `${sentence(summary)}${alias === undefined ? '' : ` Also \`kindup ${alias}\`.`}`,
    `\`\`\`text\n${usage.join(' ')}\n\`\`\``,
    ...(given.length === 0
      ? []
      : [
          table(
            ['argument', 'what it is'],
            given.map((one) => [`\`${nameOf(one)}\``, aboutArgument(one)]),
          ),
        ]),
    ...(own.length === 0 ? [] : [flagTable(own)]),
    ...(exits ? [exitTable(exits)] : []),
    ...(document || json !== undefined ? [['`--json`:', json].filter((text) => text !== undefined).join(' ')] : []),
    ...(document ? [shapeBlock(typeNameOf(words), types.text(document))] : []),
    ...(lines
      ? [
          `With \`${lines.flag}\` one of these on each line:`,
          shapeBlock(`${typeNameOf(words)}Line`, types.text(lines.line)),
        ]
      : []),
  ]
  return parts.join('\n\n')
}

/** `SnapshotSave` */
const typeNameOf = (words: string): string =>
  words
    .split(' ')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('')

const nameOf = (argument: Argument): string => {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`
  return argument.required ? `<${name}>` : `[${name}]`
}

const aboutArgument = ({ description, argChoices = [] }: Argument): string =>
  argChoices.length === 0 ? description : `${description}: ${argChoices.join(', ')}`

const flagTable = (options: readonly Option[]): string =>
  table(
    ['flag', 'what it does'],
    options.map(({ flags, description, mandatory, defaultValueDescription: usual }) => [
      `\`${flags}\`${mandatory ? ' (required)' : ''}`,
      usual === undefined ? description : `${description} (default: ${usual})`,
    ]),
  )

const exitTable = (exits: Readonly<Record<number, string>>): string =>
  table(
    ['exit', 'meaning'],
    Object.entries(exits).map(([code, meaning]) => [code, meaning]),
  )

const shapeBlock = (name: string, type: string): string => `\`\`\`ts\ntype ${name} = ${type}\n\`\`\``

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** Angle brackets outside of code are HTML to a page. */
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
    .join('\n')

/** Shapes as types that a person reads, and the names of those that they are made of. */
type Types = { readonly text: (shape: z.ZodType) => string; readonly parts: () => ReadonlyMap<string, string> }

type Whole = JsonSchema & { readonly $defs?: Readonly<Record<string, JsonSchema>> }

/** Writes shapes as TypeScript does. A shape with an `id` is named where it is used, and said once, as a part. */
const makeTypes = (): Types => {
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
