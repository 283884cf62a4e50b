import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The settings of the repository whose top level this is, as text; empty where it cannot be read. */
export const configOf = (root: string): string => {
  const { common } = gitFoldersOf(root)
  if (common === undefined) return ''
  try {
    return readFileSync(join(common, 'config'), 'utf8')
  } catch {
    return ''
  }
}

/** Where git keeps what it knows of a working tree (`own`: its index) and of the whole repository (`common`); undefined where there is none. */
export const gitFoldersOf = (root: string): { readonly own?: string; readonly common?: string } => {
  const git = join(root, '.git')
  try {
    if (statSync(git).isDirectory()) return { own: git, common: git }
    // Of a worktree or a submodule it is a file that says where the rest is.
    const own = resolve(root, /^gitdir:\s*(.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]?.trim() ?? '.git')
    const common = join(own, 'commondir')
    return { own, common: existsSync(common) ? resolve(own, readFileSync(common, 'utf8').trim()) : own }
  } catch {
    return {}
  }
}

type Line = { readonly section: string; readonly name: string; readonly key: string; readonly value: string }

/** Every setting, with the section that it stands in: `[remote "origin"]`. */
export const linesOf = (config: string): readonly Line[] => {
  let [section, name] = ['', '']
  return config.split(/\r?\n/).flatMap((line): readonly Line[] => {
    const head = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line)
    if (head) [section, name] = [(head[1] ?? '').toLowerCase(), (head[2] ?? '').replaceAll(/\\(.)/g, '$1')]
    const [, key, raw = ''] = /^\s*(?:\[[^\]]*\]\s*)?([A-Za-z][\w-]*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    return key === undefined ? [] : [{ section, name, key: key.toLowerCase(), value: raw.replace(/^"(.*)"$/, '$1') }]
  })
}

/** The settings of one section, by their keys in small letters; the last one of a key counts. */
export const valuesIn = (config: string, section: string, name: string): ReadonlyMap<string, string> =>
  new Map(
    linesOf(config)
      .filter((line) => line.section === section && line.name === name)
      .map(({ key, value }) => [key, value]),
  )

/** The address that each remote is fetched from; the first one of several counts. */
export const remotesIn = (config: string): ReadonlyMap<string, string> =>
  new Map(
    linesOf(config)
      .filter(({ section, key }) => section === 'remote' && key === 'url')
      .toReversed()
      .map(({ name, value }) => [name, value]),
  )

/** An address as `url.….insteadOf` replaces it: the longest beginning counts. */
export const withInstead = (config: string, url: string): string => {
  const [longest] = linesOf(config)
    .filter(({ section, key, value }) => section === 'url' && key === 'insteadof' && url.startsWith(value))
    .toSorted((a, b) => b.value.length - a.value.length)
  return longest ? longest.name + url.slice(longest.value.length) : url
}
