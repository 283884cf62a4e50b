import { randomBytes } from 'node:crypto'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseAge, parseDuration } from '../core/config/parse/duration.ts'
import type { LoadOptions } from '../core/config/load.ts'
import type { ExitCode } from '../core/errors.ts'
import type { System } from '../cluster/checks/check.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { isClusterName } from '../hosts/names.ts'

/** What every command gets from the entry point: the world it runs in, and nothing of its flags. */
export type App = {
  readonly cwd: string
  /** The words of the command line, the command's name first. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal
  readonly terminal: (flags: { readonly quiet?: boolean | undefined }) => Terminal
  /** Commands that were run, for --verbose and for the log of a failure. */
  readonly log: (line: string) => void
  /** What differs from the machine that this process runs on. */
  readonly system?: Partial<System>
}

/** One command of the command line: its flags, and what it does with them. */
export type CommandFile = (app: App, end: (code: ExitCode) => void) => Command

export type CommonFlags = {
  readonly config?: string
  readonly name?: string
  readonly env: readonly string[]
  readonly yes: boolean
  readonly json: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  readonly timeout: number
}

/** What is set beside the file; left out where a command has none of it. */
export type SettingFlags = {
  readonly image?: readonly string[]
  readonly set?: readonly string[]
  readonly hosts?: boolean
}

export type WalkFlags = CommonFlags &
  Required<SettingFlags> & {
    readonly only: readonly string[]
    readonly skip: readonly string[]
    readonly recreate: boolean
    /** Milliseconds that the cluster is wanted for, from now on. */
    readonly ttl?: number
  }

/** The file that flags mean, with what they set in it. */
export const loadOptions = (
  { cwd, env }: App,
  { config, name, set = [], image = [] }: Pick<CommonFlags, 'config' | 'name'> & SettingFlags,
): LoadOptions => ({
  cwd,
  env,
  set,
  images: image,
  ...(config === undefined ? {} : { file: config }),
  ...(name === undefined ? {} : { name }),
})

/** For a flag that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value]

/** A command with the flags that all of them have. */
export const command = (name: string, summary: string): Command =>
  new Command(name)
    .description(summary)
    .option('-c, --config <file>', 'the file (default: the nearest kindup.yaml upwards)')
    .option('--name <name>', 'the cluster, where it is not the one of the file', name === 'up' ? newName : clusterName)
    .option('--env <name>', 'only this environment (repeatable)', collect, [])
    .option('-y, --yes', 'answer every question with yes', false)
    .option('--json', 'print one JSON document on standard output', false)
    .option('-q, --quiet', 'print results and errors only', false)
    .option('-v, --verbose', 'print every command that is run', false)
    .addOption(
      new Option('--timeout <time>', 'the longest that one step may take: 90s, 10m, 1h')
        .argParser(duration)
        .default(duration('10m'), '10m'),
    )
    .allowExcessArguments(false)
    // That a switch is off and a list empty unless given goes without saying.
    .configureHelp({
      optionDescription: ({ description, defaultValueDescription: usual }) =>
        usual === undefined ? description : `${description} (default: ${usual})`,
    })

/** Adds the flags that narrow or change what a plan holds. */
export const withPlanFlags = (of: Command): Command =>
  withSettings(of)
    .option('--only <id>', 'only this step and what it needs; addon/* works (repeatable)', collect, [])
    .option('--skip <id>', 'all but this step (repeatable)', collect, [])
    .option('--no-hosts', 'leave the hosts file alone')
    .option('--recreate', 'make the cluster anew where it cannot be changed in place', false)

/** Adds the flags that change what the file says. */
export const withSettings = (of: Command): Command =>
  of
    .option('--image <name=ref>', 'run this image instead (repeatable)', collect, [])
    .option('--set <path=value>', 'change a value of the file, from its root (repeatable)', collect, [])

/** Names become paths of folders that are deleted: no flag may bring in one that is none. */
function clusterName(text: string): string {
  if (isClusterName(text)) return text
  throw new InvalidArgumentError('It takes lower-case letters, digits and dashes, such as shop.')
}

/** The same for a cluster that may be made: `ci-{random}` is another one each time, for jobs that share an engine. */
function newName(text: string): string {
  return clusterName(text.replaceAll('{random}', () => randomBytes(4).toString('hex')))
}

/** `90s`, `10m`, `1h`, `1m30s` in milliseconds. */
function duration(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('It takes a time such as 90s, 10m or 1h.')
  return ms
}

/** `90m`, `2h`, `1d12h` in milliseconds, of any length: nothing waits for it. */
export function age(text: string): number {
  const ms = parseAge(text)
  if (ms === undefined) throw new InvalidArgumentError('It takes a time such as 2h, 90m or 1d12h.')
  return ms
}
