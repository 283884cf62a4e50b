import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
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

const topLevel = (folder: string): string | undefined => {
  if (existsSync(join(folder, '.git'))) return folder
  const above = dirname(folder)
  return above === folder ? undefined : topLevel(above)
}

/** Of a worktree or a submodule `.git` is a file that says where the rest is. */
const configOf = (root: string): string => {
  const git = join(root, '.git')
  try {
    if (statSync(git).isDirectory()) return readFileSync(join(git, 'config'), 'utf8')
    const gitDir = resolve(root, /^gitdir:\s*(.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]?.trim() ?? '.git')
    const common = join(gitDir, 'commondir')
    const home = existsSync(common) ? resolve(gitDir, readFileSync(common, 'utf8').trim()) : gitDir
    return readFileSync(join(home, 'config'), 'utf8')
  } catch {
    return ''
  }
}

/** The `url` and `pushurl` of every remote, as written and as `url.….insteadOf` replaces them. */
const readRemotes = (config: string): ReadonlySet<string> => {
  let [section, name] = ['', '']
  const urls: string[] = []
  const instead: (readonly [string, string])[] = []
  for (const line of config.split(/\r?\n/)) {
    const head = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line)
    if (head) [section, name] = [(head[1] ?? '').toLowerCase(), (head[2] ?? '').replaceAll(/\\(.)/g, '$1')]
    const [, key = '', raw = ''] = /^\s*(?:\[[^\]]*\]\s*)?([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    const value = raw.replace(/^"(.*)"$/, '$1')
    if (section === 'remote' && /^(push)?url$/i.test(key)) urls.push(value)
    if (section === 'url' && /^(push)?insteadof$/i.test(key)) instead.push([value, name])
  }
  return new Set(
    urls.flatMap((url) => [
      url,
      ...instead.filter(([from]) => url.startsWith(from)).map(([from, to]) => to + url.slice(from.length)),
    ]),
  )
}
