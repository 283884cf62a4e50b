import { basename, dirname, join, relative, resolve } from 'node:path'
import { askAt } from '../core/ask.ts'
import { codeNames } from '../config/code/is-code.ts'
import { EnvironmentError, StoppedError, usageError } from '../core/errors.ts'
import { runOf } from '../app/run-of.ts'
import type { App, CommonFlags } from '../app/app.ts'
import type { Draft } from './init/draft.ts'
import { scanFolder } from './init/scan.ts'
import { toLabel, wrongName } from './init/names.ts'
import { isOccupied, save } from './init/save.ts'
import { propose } from './init/propose.ts'
import { refine } from './init/refine.ts'
import { schemaPath } from './init/schema-path.ts'
import { goThrough } from './init/wizard.ts'
import { writeDraft } from './init/write-draft.ts'
import { quoted } from '../core/shown-command.ts'

export type InitFlags = CommonFlags & { readonly dir: string }

/** `init`: looks at a folder, asks what to take of it, and writes a `kindup.yaml`. */
export const init = async (app: App, flags: InitFlags): Promise<void> => {
  refuse(flags)
  const terminal = app.terminal(flags)
  const folder = resolve(app.cwd, flags.dir)
  const file = join(folder, 'kindup.yaml')
  const name = nameFor(folder, flags)
  const code = codeNames.find((one) => isOccupied(folder, join(folder, one)))
  if (code !== undefined)
    throw new EnvironmentError(
      'file-exists',
      `${join(folder, code)} is the configuration of this folder, and init edits no program.`,
      {
        hints: [`Move it away first, or write into another folder: kindup init --dir DIR`],
      },
    )
  const isThere = isOccupied(folder, file)
  // Answering yes beforehand is no answer to a question about a file that nobody has seen.
  if (isThere && (flags.yes || !terminal.interactive)) throw alreadyThere(file)
  if (!flags.yes && !terminal.interactive)
    throw new EnvironmentError('no-terminal', 'init has questions, and there is no terminal to ask them at.', {
      hints: ['`kindup init --yes` takes what it finds, and asks nothing.'],
    })
  const ask = flags.yes ? undefined : await askAt(app.signal)
  if (
    isThere &&
    ask !== undefined &&
    !(await ask.confirm(`${shown(app, file)} is there already. Write a new one?`, false))
  )
    throw new StoppedError(`${shown(app, file)} stays as it is.`)

  const found = scanFolder(folder, name)
  const called = flags.name ?? found.kind?.name ?? name
  const first = propose(found, called)
  // What is written beside the file was made here, and is on no disk yet: there is nothing to try out.
  const proposed = first.files
    ? first
    : await refine(first, found, {
        folder,
        run: runOf(app),
        env: app.env,
        signal: app.signal,
        scan: (without, options) => scanFolder(folder, name, without, options),
      })
  const draft = ask === undefined ? proposed : await goThrough(proposed, ask)
  const text = writeDraft(draft, schemaPath(folder))
  if (ask !== undefined) {
    terminal.err(`\n${text.replaceAll(/^(?=.)/gm, '  ')}`)
    if (!(await ask.confirm(`Write this to ${shown(app, file)}?`, true))) throw new StoppedError('Nothing was written.')
  }
  const { files = [] } = draft
  await save(text, { folder, file, files, overwrite: isThere, env: app.env, signal: app.signal })

  if (flags.json) return terminal.json(documentOf(file, draft))
  terminal.out(`${terminal.outColour.green('✓')} ${shown(app, file)}: ${summaryOf(draft)}.`)
  for (const { path } of files) terminal.out(`${terminal.outColour.green('✓')} ${shown(app, join(folder, path))}`)
  const there = shown(app, folder)
  terminal.err(
    `${terminal.colour.cyan('→')} ${there === '' ? '' : `cd ${quoted(there)}, then `}\`kindup plan\` shows what would be made; \`kindup up\` makes it.`,
  )
}

/** Flags that every command takes and that mean nothing here are said, not ignored. */
const refuse = ({ config, env }: InitFlags): void => {
  const flag = config !== undefined ? '--config' : env.length > 0 ? '--env' : undefined
  if (flag !== undefined)
    throw usageError(`init takes no ${flag}: it writes the file.`, '`kindup init --dir DIR` writes DIR/kindup.yaml.')
}

const alreadyThere = (file: string): EnvironmentError =>
  new EnvironmentError('file-exists', `${file} is there already, and stays as it is.`, {
    hints: [
      `Take it away first: mv ${quoted(file)} ${quoted(`${file}.old`)}`,
      'At a terminal, without --yes, init asks.',
    ],
  })

const nameFor = (folder: string, { name }: InitFlags): string => {
  const wrong = name === undefined ? undefined : wrongName(name)
  if (wrong !== undefined) throw usageError(`--name ${name}: ${wrong}`, 'For example: --name shop')
  return name ?? toLabel(basename(folder)) ?? 'app'
}

const documentOf = (file: string, { services, addons, files = [] }: Draft): object => ({
  file,
  files: files.map(({ path }) => join(dirname(file), path)),
  services: services.map(({ name }) => name),
  addons: addons.filter(({ on }) => on).map(({ name }) => name),
})

const summaryOf = ({ name, services, addons, images }: Draft): string => {
  const built = images.filter(({ unused }) => unused !== true)
  const on = addons.filter((addon) => addon.on).map((addon) => addon.name)
  return [
    `cluster ${name}`,
    on.length === 0 ? 'no add-ons' : on.join(', '),
    services.length === 0 ? 'no services yet' : `services ${services.map((service) => service.name).join(', ')}`,
    ...(built.length === 0 ? [] : [`images ${built.map(({ key }) => key).join(', ')}`]),
  ].join('; ')
}

const shown = ({ cwd }: App, path: string): string => {
  const near = relative(cwd, path)
  return near.startsWith('..') ? path : near
}
