import { randomBytes } from 'node:crypto'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseAge, parseDuration } from '../../config/parse/duration.ts'
import { isClusterName } from '../../hosts/names.ts'
import type { App, End } from '../../app/app.ts'

/**
 * The flags of one command, which loads what it does with them only when it does it: help, a wrong flag and completion
 * want nothing of that.
 */
export type CommandFile = (app: App, end: End) => Command

/** For a flag that may be given several times. */
export const collect = (value: string, previous: readonly string[] = []): readonly string[] => [...previous, value]

/** A command with the flags that all of them have. */
export const command = (name: string, summary: string): Command =>
  new Command(name)
    .description(summary)
    .option(
      '-c, --config <file>',
      'the file, or one in a git repository: github.com/org/repo//path@ref (default: the nearest kindup.yaml upwards)',
    )
    .option(
      '--trust <commit>',
      'trust what a repository elsewhere has at this commit: instead of the question (repeatable)',
      collect,
    )
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
    .option('--recreate', 'recreate the cluster where it cannot be changed in place', false)

/** Of the commands that run smoke tests. */
export const junitOption = ['--junit <file>', 'write the results of the smoke tests there, as JUnit XML'] as const

/** Adds the flags of commands that can leave a page of how they went. */
export const withReport = (of: Command): Command =>
  of
    .option('--report <file>', 'write a page of how it went or stands there, as HTML in one file')
    .option('--report-passwords', 'put the passwords of logins into that page, in clear', false)

/** Adds the flag of commands that change a cluster, for pipelines: it answers the question that --yes does not. */
export const withConfirm = (of: Command): Command =>
  of.option('--confirm <context>', 'change the existing cluster of this context: instead of the question')

/** Adds the flags that change what the file says. */
export const withSettings = (of: Command): Command =>
  of
    .option('--image <name=ref>', 'run this image instead (repeatable)', collect, [])
    .option('--profile <name>', 'lay this one of the file over the rest (repeatable)', collect, [])
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
