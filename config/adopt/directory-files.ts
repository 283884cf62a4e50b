import { readdirSync } from 'node:fs'
import { join, matchesGlob, relative } from 'node:path'

type Options = {
  readonly recurse: boolean
  /** A glob, or several as `{a,b}`. */
  readonly include?: string | undefined
  readonly exclude?: string | undefined
}

const fits = (path: string, glob: string): boolean => matchesGlob(path, glob) || matchesGlob(path, `**/${glob}`)

/** The manifests that Argo CD takes from a folder: YAML and JSON, sorted by path. */
export const directoryFiles = (folder: string, { recurse, include, exclude }: Options): readonly string[] => {
  return readdirSync(folder, { recursive: recurse, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /\.(ya?ml|json)$/.test(file) && !relative(folder, file).split('/').includes('.git'))
    .filter((file) => include === undefined || include === '' || fits(relative(folder, file), include))
    .filter((file) => exclude === undefined || exclude === '' || !fits(relative(folder, file), exclude))
    .toSorted()
}
