import type { File, FoundImage } from './found.ts'
import { isEnvironment, purposeOf, toLabel } from './names.ts'
import { folderOf, nameOf, fromFolder } from './paths.ts'
import { textOf } from './read-yaml.ts'

/** Variants of the same image, for other uses of it. */
const variants = new Set(['alpine', 'base', 'debug', 'builder', 'ci', 'distroless', 'slim', 'release'])

/** What the Dockerfiles of a folder build: one image a Dockerfile, and none for variants of one. */
export const findDockerfiles = (all: readonly File[], project: string): readonly FoundImage[] => {
  const files = all.filter((file) => !isBundle(file))
  const plain = files.filter(({ path }) => /^(Dockerfile|Containerfile)$/.test(nameOf(path)))
  const folders = new Set(plain.map(({ path }) => folderOf(path)))
  const suffixed = files.flatMap(({ path }): readonly FoundImage[] => {
    const [, after, before] =
      /^(?:(?:Dockerfile|Containerfile)[.-](.+)|(.+)\.(?:[Dd]ockerfile|Containerfile))$/.exec(nameOf(path)) ?? []
    const suffix = (after ?? before ?? '').toLowerCase()
    const name = toLabel(suffix)
    if (name === undefined || /ignore$|~$|\.(bak|orig|tmpl|j2)$/.test(suffix)) return []
    const isVariant = variants.has(suffix) || isEnvironment(suffix)
    if (isVariant && folders.has(folderOf(path))) return []
    const called = isVariant ? purposeOf(folderOf(path), project) : name
    return [{ name: called, context: folderOf(path), file: path }]
  })
  const lines = buildLines(files)
  return [
    ...plain.map(({ path }) => ({
      name: purposeOf(folderOf(path), project),
      context: folderOf(path),
      ...(nameOf(path) === 'Dockerfile' ? {} : { file: path }),
    })),
    ...suffixed,
  ].map((image): FoundImage => {
    const [line, other] = lines.filter(({ folder }) => folder === image.context)
    // Two names for one folder are two Dockerfiles, or two tags: neither is the name.
    if (line === undefined || (other !== undefined && other.name !== line.name) || image.file !== undefined)
      return image
    const { folder: _folder, ...built } = line
    return { ...image, name: toLabel(line.name) ?? image.name, built }
  })
}

/** What the Operator Lifecycle Manager reads: manifests in an image that no pod could run. */
const isBundle = (file: File): boolean =>
  /dockerfile$/i.test(nameOf(file.path)) && /operators\.operatorframework\.io\./.test(textOf(file))

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
