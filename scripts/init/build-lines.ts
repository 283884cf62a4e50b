import type { File } from './found.ts'
import { folderOf, fromFolder, nameOf } from './paths.ts'
import { textOf } from './read-yaml.ts'

/** What a command that stands in a text of the folder calls the image that it builds. */
export type BuildLine = { readonly folder: string; readonly name: string; readonly tag?: string }

const told = /^(?:readme.*|.*\.(?:md|sh|mk)|(?:gnu)?makefile.*|justfile|taskfile\.ya?ml)$/i

/** `docker build` with a name and a folder, in READMEs, scripts and makefiles: nothing says more plainly what an image is called. */
export const buildLines = (files: readonly File[]): readonly BuildLine[] =>
  files
    .filter(({ path }) => told.test(nameOf(path)))
    .flatMap((file) =>
      textOf(file)
        .replaceAll(/\\\r?\n/g, ' ')
        .split('\n')
        .flatMap((line) => lineOf(line, folderOf(file.path))),
    )

const lineOf = (line: string, folder: string): readonly BuildLine[] => {
  const [, words] = /\b(?:docker|podman|nerdctl)\s+(?:image\s+|buildx\s+)?build\s+(.*)$/.exec(line) ?? []
  if (words === undefined) return []
  const [, reference] = /(?:^|\s)(?:-t|--tag)[ =]["']?([^\s"'`]+)/.exec(words) ?? []
  const context = words
    .replace(/[`"']/g, '')
    .split(/\s+(?:&&|\|\||;|\||#|>)|$/)[0]
    ?.split(/\s+/)
    .findLast((word) => word !== '' && !word.startsWith('-'))
  if (reference === undefined || context === undefined || context === reference || /[<$:{]/.test(context)) return []
  // The registry is often a placeholder, and the tag nearly always.
  const last = reference.slice(reference.lastIndexOf('/') + 1)
  const [name = '', tag = ''] = last.split(':')
  if (!/^[a-z0-9]+([._-]+[a-z0-9]+)*$/.test(name)) return []
  return [{ folder: fromFolder(folder, context), name, ...(/^\w[\w.-]*$/.test(tag) ? { tag } : {}) }]
}
