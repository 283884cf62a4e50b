import { CommanderError, type Command } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeObservations } from '../../core/observations.ts'
import type { App } from '../../app/app.ts'
import { makeElsewhere } from '../../app/elsewhere.ts'
import { commands } from '../../scripts/commands.ts'
import { parseJson } from '../../core/whole-number.ts'
import { textAt } from '../../core/fields.ts'
import { root } from './pages.ts'

/** What the parser of the command line says of these words: undefined where it takes them. Nothing is carried out. */
const refusal = async (words: readonly string[]): Promise<CommanderError | undefined> => {
  const [name = '', ...rest] = words
  const listed = commands[name] ?? Object.values(commands).find(({ alias }) => alias === name)
  if (!listed) return new CommanderError(2, 'unknown', `there is no command ${name}`)
  const command = (await listed.load())(nobody, () => undefined)
  quiet(command)
  try {
    await command.parseAsync([...rest], { from: 'user' })
    return undefined
  } catch (error) {
    if (error instanceof CommanderError) return error
    throw error
  }
}

const quiet = (command: Command): void => {
  command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, outputError: () => undefined, writeOut: () => undefined })
  if (command.commands.length === 0) command.action(() => undefined)
  for (const one of command.commands) quiet(one)
}

/** The parser wants nothing of it. */
export const nobody: App = {
  cwd: root,
  argv: [],
  env: {},
  signal: new AbortController().signal,
  unread: new AbortController().signal,
  terminal: () => {
    throw new Error('parsing prints nothing')
  },
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  log: () => undefined,
  ran: [],
  looks: makeObservations(),
  engines: new Map(),
  elsewhere: makeElsewhere(),
}

const scripts: unknown = parseJson(readFileSync(join(root, 'package.json'), 'utf8'))

/** Why one simple command of a page would not run as it stands; undefined of what would, and of other people's programs. */
export const wrongCommand = async (words: readonly string[], isWhole = true): Promise<string | undefined> => {
  const [program = '', ...rest] = words[0] === 'npx' && words[1] === 'kindup' ? words.slice(1) : words
  if (program === 'kindup') return rest.length === 0 ? undefined : said(await refusal(rest), isWhole)
  if (program === 'node' && rest[0]?.includes('/') === true && !rest[0].startsWith('-'))
    return existsSync(join(root, rest[0])) ? undefined : `there is no ${rest[0]}`
  if (program !== 'npm' || rest[0] !== 'run') return undefined
  const [, script = '', ...more] = rest
  const text = textAt(scripts, 'scripts', script)
  if (text === undefined) return `package.json has no script ${script}`
  const command = /^node scripts\/kindup\.mjs (\S+)$/.exec(text)?.[1]
  if (command === undefined) return undefined
  if (more.length > 0 && more[0] !== '--') return 'npm takes what stands before -- for itself'
  return said(await refusal([command, ...more.slice(1)]), isWhole)
}

const said = (error: CommanderError | undefined, isWhole: boolean): string | undefined =>
  error === undefined ||
  error.exitCode === 0 ||
  (!isWhole && /missingArgument|missingMandatory|optionMissing|commander\.help/.test(error.code))
    ? undefined
    : error.message
