import type { Argument, Command, Option } from 'commander'
import type { Documented, Documents } from './document.ts'
import { exitCodes, failure } from './failure.ts'
import { makeTypes, type Types } from './type-text.ts'

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
