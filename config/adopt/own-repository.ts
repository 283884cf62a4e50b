import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { configOf, linesOf } from './git-config.ts'
import { repositoryKey } from './repository-key.ts'

/** The repository that a folder is in. */
export type OwnRepository = {
  /** Absolute path of its top level; of the folder itself where it is in none. */
  readonly root: string
  /** The addresses of its remotes, as `repositoryKey` has them; undefined where it has none. */
  readonly remotes: ReadonlySet<string> | undefined
}

/** Reads what `git remote` reads: no program is started, since a plan may run where there is no git. */
export const ownRepository = (folder: string): OwnRepository => {
  const root = topLevel(folder)
  if (root === undefined) return { root: folder, remotes: undefined }
  const urls = [...readRemotes(configOf(root))]
  return { root, remotes: urls.length === 0 ? undefined : new Set(urls.map(repositoryKey)) }
}

/** The folder around one that has a `.git`. */
export const topLevel = (folder: string): string | undefined => {
  if (existsSync(join(folder, '.git'))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : topLevel(above)
}

/** The `url` and `pushurl` of every remote, as written and as `url.….insteadOf` replaces them. */
const readRemotes = (config: string): ReadonlySet<string> => {
  const lines = linesOf(config)
  const urls = lines.flatMap(({ section, key, value }) =>
    section === 'remote' && /^(push)?url$/.test(key) ? [value] : [],
  )
  const instead = lines.flatMap(({ section, name, key, value }): readonly (readonly [string, string])[] =>
    section === 'url' && /^(push)?insteadof$/.test(key) ? [[value, name]] : [],
  )
  return new Set(
    urls.flatMap((url) => [
      url,
      ...instead.filter(([from]) => url.startsWith(from)).map(([from, to]) => to + url.slice(from.length)),
    ]),
  )
}
