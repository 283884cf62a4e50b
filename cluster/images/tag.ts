import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import type { BuildConfig, ImageConfig } from '../../config/config.ts'
import type { AskGit, GitState } from './git-state.ts'
import { versionIn } from './version-file.ts'

type Tag = { readonly tag: string } | { readonly problem: string; readonly hint: string }

type TagOptions = {
  /** How git stands, asked while the inputs were hashed; only for `git`. */
  readonly git: GitState | undefined
  /** The folder of the file, where a version.txt may stand for all. */
  readonly folder: string
  readonly warn?: ((text: string) => void) | undefined
}

/** The tag of an image that is built here, by its `tag`: `git`, `version`, `hash`, or the text itself. */
export const tagOf = async (
  image: ImageConfig,
  build: BuildConfig,
  inputs: string,
  options: TagOptions,
): Promise<Tag> => {
  const hash = inputs.slice(0, 12)
  switch (image.tag) {
    case 'hash':
      return { tag: hash }
    case 'version':
      return fromVersionFile(image, build, options.folder)
    case 'git': {
      const state = options.git ?? { none: 'git was not asked' }
      if ('none' in state) {
        options.warn?.(
          `Image ${image.key} is tagged ${hash}, by its contents: there is no commit to name it after (${state.none}).`,
        )
        return { tag: hash }
      }
      // The hash tells two dirty states of one commit apart.
      return { tag: state.dirty ? `${state.commit}-dirty-${hash.slice(0, 8)}` : state.commit }
    }
    default:
      if (/^\w[\w.-]{0,127}$/.test(image.tag)) return { tag: image.tag }
      return {
        problem: `\`${image.tag}\` cannot be the tag of an image.`,
        hint: 'A tag has letters, digits, `_`, `.` and `-`, begins with none of the last two, and is 128 characters at most.',
      }
  }
}

/** Where the version of an image that is tagged by it may stand, the first one that is there counts. */
export const versionFiles = ({ tag }: ImageConfig, build: BuildConfig, folder: string): readonly string[] =>
  tag === 'version'
    ? [...new Set([build.context, dirname(build.file), folder])].map((place) => join(place, 'version.txt'))
    : []

const fromVersionFile = async (image: ImageConfig, build: BuildConfig, folder: string): Promise<Tag> => {
  const files = versionFiles(image, build, folder)
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const version = versionIn(text)
    if (version !== undefined) return { tag: version }
    return { problem: `${file} holds no version for image ${image.key}.`, hint: versionHint }
  }
  return {
    problem: `There is no version.txt for image ${image.key}: looked for ${files.join(', ')}.`,
    hint: versionHint,
  }
}

const versionHint = 'It holds one line such as 1.2.3, or the lines MAJOR_VERSION=1, MINOR_VERSION=2, PATCH_VERSION=3.'

/** How git stands, where the tag needs it: of the context, and of the Dockerfile where it lies outside. */
export const gitOf = async (image: ImageConfig, build: BuildConfig, ask: AskGit): Promise<GitState | undefined> => {
  if (image.tag !== 'git') return undefined
  const { context, file } = build
  return ask(context, relative(context, file).startsWith('..') ? [context, file] : [context])
}
