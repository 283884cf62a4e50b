import type { Command, Option, Argument } from 'commander'
import { namesIn, type Names } from './names.ts'
import { beginning, type Offers, type Offer } from './offers.ts'
import { idOf, readId } from '../../core/identity.ts'

/** What may stand at the end of a line: `words` are those behind the program's name, the last one perhaps begun. Commander knows all else. */
export const complete = (program: Command, words: readonly string[], cwd: string): Offers => {
  const word = words.at(-1) ?? ''
  const line = readLine(program, words.slice(0, -1))
  const { command, awaits, positional, onlyWords } = line
  // Read when it is asked for: most key presses are about commands and flags.
  const names = (): Names => namesIn(line.file, cwd)
  if (awaits !== undefined) return valuesFor(awaits, word, names)

  const [, flag, begun] = onlyWords ? [] : (/^(--[^=]+)=(.*)$/s.exec(word) ?? [])
  if (flag !== undefined && begun !== undefined) {
    const option = optionOf(command, flag)
    if (option === undefined || !takesValue(option)) return beginning(word, [])
    const found = valuesFor(option, begun, names)
    return { ...found, values: found.values.map((offer) => ({ ...offer, value: `${flag}=${offer.value}` })) }
  }
  if (word.startsWith('-') && !onlyWords) return beginning(word, flagsLeft(line))

  const argument = command.registeredArguments[Math.min(positional, command.registeredArguments.length - 1)]
  const commands = command.createHelp().visibleCommands(command)
  if (commands.length > 0 && positional > 0) return beginning(word, [])
  if (commands.length > 0)
    return beginning(
      word,
      commands.map((one) => ({ value: one.name(), about: one.summary() || one.description() })),
    )
  if (argument !== undefined && (argument.variadic || positional < command.registeredArguments.length))
    return valuesFor(argument, word, names)
  return beginning(word, onlyWords || word !== '' ? [] : flagsLeft(line))
}

type Line = {
  readonly command: Command
  /** The option whose value comes next. */
  readonly awaits: Option | undefined
  /** How many arguments there are already. */
  readonly positional: number
  /** Behind `--`. */
  readonly onlyWords: boolean
  readonly used: ReadonlySet<Option>
  /** What `--config` named. */
  readonly file: string | undefined
}

const readLine = (program: Command, words: readonly string[]): Line => {
  let command = program
  let awaits: Option | undefined
  let positional = 0
  let onlyWords = false
  let file: string | undefined
  const used = new Set<Option>()
  for (const word of words) {
    if (awaits !== undefined) {
      if (awaits.name() === 'config') file = word
      awaits = undefined
    } else if (!onlyWords && word === '--') onlyWords = true
    else if (!onlyWords && word.startsWith('-')) {
      const equals = word.indexOf('=')
      const option = optionOf(command, equals < 0 ? word : word.slice(0, equals))
      if (option === undefined) continue
      used.add(option)
      if (takesValue(option) && equals < 0) awaits = option
      else if (option.name() === 'config') file = word.slice(equals + 1)
    } else {
      const below = command.commands.find((one) => one.name() === word || one.aliases().includes(word))
      if (below === undefined) positional++
      else command = below
    }
  }
  return { command, awaits, positional, onlyWords, used, file }
}

const takesValue = ({ required, optional }: Option): boolean => required || optional

const optionsOf = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command)

const optionOf = (command: Command, flag: string): Option | undefined =>
  optionsOf(command).find(({ long, short }) => long === flag || short === flag)

/** The long form of each flag that may still be given: those that collect may come again. */
const flagsLeft = ({ command, used }: Line) =>
  optionsOf(command)
    .filter((option) => !used.has(option) || Array.isArray(option.defaultValue))
    .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description }))

/** What may stand behind a flag, or in the place of an argument. */
const valuesFor = (taker: Option | Argument, word: string, names: () => Names): Offers => {
  const choices = taker.argChoices
  if (choices !== undefined)
    return beginning(
      word,
      choices.map((value) => ({ value, about: taker.description })),
    )
  const takes = 'flags' in taker ? (/[<[]([^>\]]+)[>\]]/.exec(taker.flags)?.[1] ?? '') : taker.name()
  if (/^(file|path)$/.test(takes)) return { kind: 'files', values: [] }
  if (/^(dir|folder)$/.test(takes)) return { kind: 'folders', values: [] }
  const key = 'flags' in taker ? taker.name() : takes
  const offers = Object.hasOwn(byName, key) ? byName[key] : undefined
  return beginning(word, offers?.(names()) ?? [])
}

const each = (values: readonly string[], about: string, more = ''): readonly Offer[] =>
  values.map((value) => ({ value: `${value}${more}`, about }))

/** By the names of flags and arguments, which are the same in every command. */
const byName: Readonly<Record<string, (names: Names) => readonly Offer[]>> = {
  env: ({ environments }) => each(environments, 'environment'),
  from: ({ environments }) => each(environments, 'environment'),
  to: ({ environments }) => each(environments, 'environment'),
  profile: ({ profiles }) => each(profiles, 'profile'),
  name: ({ cluster }) => (cluster === undefined ? [] : each([cluster], 'the cluster of the file')),
  only: (names) => stepOffers(names),
  skip: (names) => stepOffers(names),
  image: ({ images }) => each(images, 'image', '='),
  set: ({ allAddons, addons }) =>
    allAddons.map((name) => ({
      value: `addons.${name}=${addons.includes(name) ? 'false' : 'true'}`,
      about: addons.includes(name) ? 'leave the add-on out' : 'with the add-on',
    })),
  service: ({ services }) => each(services, 'service'),
  workload: ({ services, addons }) => [...each(services, 'service'), ...each(addons, 'add-on')],
}

const stepOffers = ({ steps, environments }: Names): readonly Offer[] => [
  ...each(steps, 'step'),
  ...['addon', 'image', 'service']
    .filter((kind) => steps.filter((id) => readId(id).kind === kind).length > 1)
    .map((kind) => ({ value: idOf({ kind, name: '*' }), about: `every ${kind}` })),
  ...environments.map((name) => ({
    value: idOf({ kind: 'service', name: '*', environment: name }),
    about: `every service in ${name}`,
  })),
]
