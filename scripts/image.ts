import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { ConfigError, EnvironmentError, exit, systemCode } from '../core/errors.ts'
import { showPlace } from '../core/problem.ts'
import { isCode } from '../config/code/is-code.ts'
import { replaceFile } from '../core/replace-file.ts'
import { bumpVersion } from './image-edit/bump-version.ts'
import type { VersionPart } from './image-edit/version-part.ts'
import { imageDrift, setImages } from './image-edit/image-edit.ts'
import type { Said } from '../core/yaml-edit/scalar.ts'
import { parseWanted } from './image-edit/wanted.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { whyUnwritten } from '../core/full-disk.ts'
import { whyUnread } from '../core/why-unread.ts'

export type ImageFlags = CommonFlags & { readonly file: string }

/** `image set`: writes tags and digests into a file, and nothing else of it. */
export const set = async (app: App, names: readonly string[], flags: ImageFlags): Promise<void> => {
  const wanted = parseWanted(names)
  const { path, text } = await read(app, flags.file)
  const { text: edited, changes } = setImages(text, path, wanted)
  if (edited !== text) await write(flags.file, path, edited)
  const { json, out } = app.terminal(flags)
  if (flags.json) json({ file: path, changes })
  else if (changes.length === 0) out(`${flags.file} says so already: nothing was changed.`)
  else for (const { name, from, to } of changes) out(`${name}: ${shown(from)} → ${shown(to)}`)
}

/** `image check`: compares them. */
export const check = async (app: App, names: readonly string[], flags: ImageFlags, end: End): Promise<void> => {
  const wanted = parseWanted(names)
  const { path, text } = await read(app, flags.file)
  const drift = imageDrift(text, path, wanted)
  const { json, out } = app.terminal(flags)
  if (flags.json)
    json({ file: path, drift: drift.map(({ name, wanted: to, found, at }) => ({ name, wanted: to, found, at })) })
  else if (drift.length === 0) out(`${flags.file} is as wanted.`)
  else
    for (const { name, wanted: to, found, at } of drift)
      out(`${showPlace({ ...at, file: flags.file })} ${name}: wanted ${shown(to)}, found ${shown(found)}`)
  if (drift.length > 0) end(exit.failed)
}

/** `image bump`: raises the version of a version.txt. */
export const bump = async (app: App, which: VersionPart, flags: ImageFlags): Promise<void> => {
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
  if (isCode(path))
    throw new ConfigError(`${file} is a program, and programs are not edited.`, {
      code: 'image-file',
      hints: ['Have it read the tag from a file of YAML or from version.txt, and name that one.'],
    })
  const unread = whyUnread(path)
  if (unread !== undefined)
    throw new ConfigError(`${file} cannot be read: ${unread}.`, {
      code: 'image-file',
      hints: ['--file names the file to edit.'],
    })
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
    throw new EnvironmentError('image-file', `${file} could not be written (${whyUnwritten(path, cause, true)}).`, {
      cause,
    })
  }
}
