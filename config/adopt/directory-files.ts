import { join, matchesGlob, relative } from 'node:path'
import { entriesOf } from '../../core/files-below.ts'

type Options = {
  readonly recurse: boolean
  /** A glob, or several as `{a,b}`. */
  readonly include?: string | undefined
  readonly exclude?: string | undefined
}

const fits = (path: string, glob: string): boolean => matchesGlob(path, glob) || matchesGlob(path, `**/${glob}`)

/** The manifests that Argo CD takes from a folder: YAML and JSON, sorted by path. */
export const directoryFiles = (folder: string, { recurse, include, exclude }: Options): readonly string[] =>
  filesIn(folder, recurse)
    .filter((file) => /\.(ya?ml|json)$/.test(file))
    .filter((file) => include === undefined || include === '' || fits(relative(folder, file), include))
    .filter((file) => exclude === undefined || exclude === '' || !fits(relative(folder, file), exclude))
    .toSorted()

/** Links among them; git has nothing of its own folder. */
const filesIn = (folder: string, recurse: boolean): readonly string[] =>
  entriesOf(folder).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return recurse && entry.name !== '.git' ? filesIn(path, true) : []
    return entry.isFile() || entry.isSymbolicLink() ? [path] : []
  })
