import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { App, CommonFlags, End, SettingFlags } from '../app/app.ts'
import { fileOf } from '../app/file-here.ts'
import { demandInFile } from '../app/known-name.ts'
import type { Config, ServiceConfig } from '../config/config.ts'
import { confirm } from '../core/ask.ts'
import { ConfigError, EnvironmentError, exit, StoppedError, usageError } from '../core/errors.ts'
import { cacheFolder, isInside } from '../core/paths.ts'
import { unifiedDiff } from '../core/print/unified-diff.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { NotReplaced, replaceFiles } from '../core/replace-files.ts'
import { promotionOf, type Promoted } from './promote/promotion.ts'
import { textOfFile } from './promote/read-files.ts'
import { whyUnwritten } from '../core/full-disk.ts'
import { shown } from '../core/shown-command.ts'

export type PromoteFlags = CommonFlags & Pick<SettingFlags, 'set' | 'profile'> & { readonly check: boolean }

/** `promote FROM TO`: makes the files of one environment say the versions of another, after showing the difference. Asks no cluster. */
export const promote = async (
  app: App,
  [from, to, wanted]: readonly [from: string, to: string, services: readonly string[]],
  flags: PromoteFlags,
  end: End,
): Promise<void> => {
  if (flags.env.length > 0)
    throw usageError('promote takes its environments as words, without --env.', `kindup promote ${from} ${to}`)
  const config = await fileOf(app, flags)
  const services = meant(config, { from, to, wanted })
  const { files, notes } = await promotionOf(config, { services, from, to, cwd: app.cwd })
  const terminal = app.terminal(flags)
  const { err, colour } = terminal
  for (const note of notes) err(`${colour.yellow('!')} ${note}`)
  if (!flags.json) show(files, app, terminal)
  if (!flags.check) refuseElsewhere(files, app)
  const written = files.length > 0 && !flags.check && (await agreed(app, files, to, flags))
  if (written) await writeAll(files, app.cwd)
  if (flags.json) terminal.json(documentOf(files, { from, to, notes, written }))
  else if (files.length === 0) terminal.out(`${to} has the versions of ${from}: nothing is to be changed.`)
  else if (written) terminal.out(`${colour.green('✓')} ${inWords(files)} changed: ${to} has the versions of ${from}.`)
  if (flags.check && files.length > 0) end(exit.wouldChange)
}

/** What was included of a repository elsewhere is read, and was trusted, as it is there. */
const refuseElsewhere = (files: readonly Promoted[], { env }: App): void => {
  const far = files.find(({ file }) => isInside(file, join(cacheFolder(env), 'remote')))
  if (far !== undefined)
    throw usageError(
      `${far.file} is of a repository elsewhere, and not yours to change here.`,
      'Clone the repository and include its clone, or name the other services: kindup promote FROM TO SERVICE',
    )
}

/** The services that both environments have. Throws ConfigError on names that the file does not have. */
const meant = (
  { services, environments }: Config,
  { from, to, wanted }: { readonly from: string; readonly to: string; readonly wanted: readonly string[] },
): readonly ServiceConfig[] => {
  const names = environments.map(({ name }) => name)
  for (const name of [from, to]) demandInFile(name, names, 'environment')
  if (from === to) throw usageError(`${from} has the versions of ${to}: they are the same environment.`)
  for (const name of wanted)
    demandInFile(
      name,
      services.flatMap((service) => [service.name, service.origin ?? []].flat()),
      'service',
    )
  const found = services.filter(
    ({ name, origin = name }) => wanted.length === 0 || wanted.includes(name) || wanted.includes(origin),
  )
  const lacking = found.filter((service) => ![from, to].every((one) => service.environments.includes(one)))
  if (wanted.length > 0)
    for (const { name, environments: own } of lacking)
      throw usageError(
        `${name} is not deployed to both ${from} and ${to}.`,
        own.length === 0 ? `${name} belongs to no environment.` : `It is in: ${own.join(', ')}`,
      )
  return found.filter((service) => !lacking.includes(service))
}

const show = (files: readonly Promoted[], { cwd }: App, { out, outColour: colour }: Terminal): void => {
  for (const { file, before, after } of files) {
    const name = relative(cwd, file)
    const [first = '', second = '', ...lines] = unifiedDiff(before, after, { from: name, to: name }).split('\n')
    const paint = (line: string): string =>
      line.startsWith('-')
        ? colour.red(line)
        : line.startsWith('+')
          ? colour.green(line)
          : line.startsWith('@')
            ? colour.cyan(line)
            : line
    out([colour.bold(first), colour.bold(second), ...lines.map(paint)].join('\n'))
  }
}

const agreed = async (app: App, files: readonly Promoted[], to: string, flags: PromoteFlags): Promise<boolean> => {
  if (flags.yes) return true
  if (!app.terminal(flags).interactive || flags.json)
    throw new ConfigError(`${to} would change in ${inWords(files)}, and nobody can be asked here.`, {
      code: 'not-confirmed',
      hints: ['--yes changes them, --check only says whether anything would change.'],
    })
  if (await confirm(`Change ${inWords(files)}?`, { byDefault: true, signal: app.signal })) return true
  throw new StoppedError('Nothing was changed.')
}

/** All of the files or none: each is looked at before the first is written, and what was written goes back where a later one fails. */
const writeAll = async (files: readonly Promoted[], cwd: string): Promise<void> => {
  for (const { file, before } of files) {
    const { mode } = await stat(file)
    const refused = await access(file, constants.W_OK).then(
      () => (mode & 0o222) === 0,
      () => true,
    )
    if (refused)
      throw new EnvironmentError('promote', `No write permission for ${relative(cwd, file)}: nothing was changed.`, {
        hints: [shown('chmod', ['u+w', relative(cwd, file)])],
      })
    if ((await textOfFile(file)) !== before)
      throw new EnvironmentError('promote', `${relative(cwd, file)} was changed meanwhile: nothing was written.`, {
        hints: ['Run it again.'],
      })
  }
  await replaceFiles(files).catch((error: unknown) => {
    if (!(error instanceof NotReplaced)) throw error
    const { file, left, cause } = error
    const others = left.map((one) => relative(cwd, one)).join(', ')
    const now = left.length === 0 ? 'nothing was changed' : `${others} could not be put back, and was changed`
    throw new EnvironmentError(
      'promote',
      `${relative(cwd, file)} could not be written (${whyUnwritten(file, cause, true)}): ${now}.`,
      {
        cause,
        hints:
          left.length === 0 ? [] : [`git diff ${others.replaceAll(',', '')}`, 'Free some room, and promote again.'],
      },
    )
  })
}

const inWords = (files: readonly unknown[]): string => (files.length === 1 ? 'one file' : `${files.length} files`)

const documentOf = (
  files: readonly Promoted[],
  {
    notes,
    ...rest
  }: { readonly from: string; readonly to: string; readonly notes: readonly string[]; readonly written: boolean },
): object => ({
  ...rest,
  files: files.map(({ file, before, after, changes }) => ({
    file,
    changes,
    diff: unifiedDiff(before, after, { from: file, to: file }),
  })),
  notes,
})
