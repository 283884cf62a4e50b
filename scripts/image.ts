import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { ConfigError, EnvironmentError, exit, systemCode } from '../core/errors.ts'
import { showPlace } from '../core/problem.ts'
import { replaceFile } from '../core/replace-file.ts'
import { bumpVersion, versionParts, type VersionPart } from '../manifests/image-edit/bump-version.ts'
import { imageDrift, setImages } from '../manifests/image-edit/image-edit.ts'
import type { Said } from '../manifests/image-edit/scalar.ts'
import { parseWanted } from '../manifests/image-edit/wanted.ts'
import { command, type App, type CommandFile, type CommonFlags } from './app.ts'
import { imagePublish } from './image-publish.ts'

type Flags = CommonFlags & { readonly file: string }

/** `image set|check|bump`: edits or compares tags and digests in a file, and nothing else of it. `image publish` pushes. */
export const image: CommandFile = (app, end) =>
  new Command('image')
    .description('set or check the images of a kustomization or values file; raise a version; publish locally')
    .addCommand(imagePublish(app))
    .addCommand(
      part('set', 'write tags and digests into the file')
        .argument('<name=tag...>', words)
        .action((names: readonly string[], flags: Flags) => set(app, flags, names)),
    )
    .addCommand(
      part('check', 'exit 1 where the file says otherwise')
        .argument('<name=tag...>', words)
        .action(async (names: readonly string[], flags: Flags) => {
          if (await drifts(app, flags, names)) end(exit.failed)
        }),
    )
    .addCommand(
      part('bump', 'raise the version of a version.txt, and print it')
        .argument('[part]', 'major, minor or patch', versionPart, 'patch')
        .action((which: VersionPart, flags: Flags) => bump(app, flags, which)),
    )

const words = 'NAME=TAG, NAME@DIGEST or both; NAME is an image of a kustomization, or a dotted path of a values file'

const part = (name: string, summary: string): Command =>
  command(name, summary).requiredOption('-f, --file <file>', 'the file')

const set = async (app: App, flags: Flags, names: readonly string[]): Promise<void> => {
  const wanted = parseWanted(names)
  const { path, text } = await read(app, flags.file)
  const { text: edited, changes } = setImages(text, path, wanted)
  if (edited !== text) await write(flags.file, path, edited)
  const { out } = app.terminal(flags)
  if (flags.json) out(JSON.stringify({ file: path, changes }, undefined, 2))
  else if (changes.length === 0) out(`${flags.file} says so already: nothing was changed.`)
  else for (const { name, from, to } of changes) out(`${name}: ${shown(from)} → ${shown(to)}`)
}

const drifts = async (app: App, flags: Flags, names: readonly string[]): Promise<boolean> => {
  const wanted = parseWanted(names)
  const { path, text } = await read(app, flags.file)
  const drift = imageDrift(text, path, wanted)
  const { out } = app.terminal(flags)
  if (flags.json)
    out(
      JSON.stringify(
        { file: path, drift: drift.map(({ name, wanted: to, found, at }) => ({ name, wanted: to, found, at })) },
        undefined,
        2,
      ),
    )
  else if (drift.length === 0) out(`${flags.file} is as wanted.`)
  else
    for (const { name, wanted: to, found, at } of drift)
      out(`${showPlace({ ...at, file: flags.file })} ${name}: wanted ${shown(to)}, found ${shown(found)}`)
  return drift.length > 0
}

const bump = async (app: App, flags: Flags, which: VersionPart): Promise<void> => {
  const { path, text } = await read(app, flags.file)
  const next = bumpVersion(text, which)
  if (!next)
    throw new ConfigError(`There is no version of three numbers in ${flags.file}.`, {
      code: 'version-file',
      hints: ['One line 1.2.3, or the lines MAJOR_VERSION=1, MINOR_VERSION=2 and PATCH_VERSION=3.'],
    })
  await write(flags.file, path, next.text)
  const { out } = app.terminal(flags)
  out(flags.json ? JSON.stringify({ file: path, from: next.from, to: next.to }, undefined, 2) : next.to)
}

/** A value as it reads: what is not text needs quotes in the file. */
const shown = (value: Said): string => {
  if (value === null) return 'nothing'
  if (value === '') return 'empty'
  return typeof value === 'string' ? value : `${String(value)} (a ${typeof value}: it has no quotes)`
}

const read = async (app: App, file: string): Promise<{ readonly path: string; readonly text: string }> => {
  const path = resolve(app.cwd, file)
  const bytes = await readFile(path).catch((cause: unknown) => {
    const why = { ENOENT: 'There is no file', EISDIR: 'This is a folder:' }[systemCode(cause)] ?? 'This cannot be read:'
    throw new ConfigError(`${why} ${file}.`, { code: 'image-file', hints: ['--file names the file to edit.'], cause })
  })
  const text = bytes.toString('utf8')
  // A file in another encoding would come back with other bytes.
  if (!Buffer.from(text).equals(bytes)) throw new ConfigError(`${file} is no UTF-8 text.`, { code: 'image-file' })
  return { path, text }
}

const write = async (file: string, path: string, text: string): Promise<void> => {
  try {
    await replaceFile(path, Buffer.from(text))
  } catch (cause) {
    if (systemCode(cause) === '') throw cause
    throw new EnvironmentError('image-file', `${file} could not be written (${systemCode(cause)}).`, { cause })
  }
}

function versionPart(word: string): VersionPart {
  const found = versionParts.find((one) => one === word)
  if (found) return found
  throw new InvalidArgumentError('It takes major, minor or patch.')
}
