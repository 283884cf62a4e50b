import { buildLines } from './build-lines.ts'
import type { File, FoundImage } from './found.ts'
import { isEnvironment, purposeOf, toLabel } from './names.ts'
import { folderOf, nameOf } from './paths.ts'

/** Variants of the same image, for other uses of it. */
const variants = new Set(['alpine', 'base', 'debug', 'builder', 'ci', 'distroless', 'slim', 'release'])

/** What the Dockerfiles of a folder build: one image a Dockerfile, and none for variants of one. */
export const findDockerfiles = (files: readonly File[], project: string): readonly FoundImage[] => {
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
