import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gitFoldersOf } from '../../config/adopt/git-config.ts'
import { trackedFiles } from './tracked-files.ts'
import { wildmatch } from './wildmatch.ts'

/** A line that ignores something. */
type IgnoredBy = { readonly file: string; readonly line: number; readonly text: string }

/** What of a working tree git leaves out. Paths are relative to its root, with forward slashes. */
export type GitIgnored = {
  /** The line that ignores a file or folder, itself or by a folder that it lies in. What is tracked is not ignored. */
  by(path: string, isFolder: boolean): IgnoredBy | undefined
  /** For files. */
  matches(path: string): boolean
  /** Nothing below that folder counts. */
  wholly(folder: string): boolean
}

type Rules = { readonly file: string; readonly rules: readonly IgnoreRule[] }

/**
 * The rules of every `.gitignore` and of `.git/info/exclude` as `git check-ignore` has them; those that a user has for all
 * repositories are no part of a repository, and do not count. Files are read when they are first asked for.
 */
export const gitIgnored = (root: string): GitIgnored => {
  const files = new Map<string, Rules>()
  const rulesIn = (folder: string): Rules => {
    const known = files.get(folder) ?? read(join(root, folder, '.gitignore'))
    files.set(folder, known)
    return known
  }
  const { own, common } = gitFoldersOf(root)
  const exclude = read(join(common ?? join(root, '.git'), 'info', 'exclude'))
  let tracked: ReturnType<typeof trackedFiles> | undefined
  const isTracked = (path: string, isFolder: boolean): boolean => {
    tracked ??= trackedFiles(own)
    return isFolder ? tracked.folders.has(path) : tracked.files.has(path)
  }
  const folders = new Map<string, IgnoredBy | undefined>()
  /** The folder's own fate, or that of one above. */
  const folderBy = (folder: string): IgnoredBy | undefined => {
    if (folder === '') return undefined
    if (folders.has(folder)) return folders.get(folder)
    const found = folderBy(above(folder)) ?? ownRule(folder, true)
    folders.set(folder, found)
    return found
  }
  const ownRule = (path: string, isFolder: boolean): IgnoredBy | undefined => {
    // The nearest file speaks last, and in each the last line.
    for (let folder = above(path); ; folder = above(folder)) {
      const said = lastSaid(rulesIn(folder), folder === '' ? path : path.slice(folder.length + 1), isFolder)
      if (said) return said.rule.isBack ? undefined : { file: said.file, line: said.rule.line, text: said.rule.text }
      if (folder === '') break
    }
    const said = lastSaid(exclude, path, isFolder)
    return said && !said.rule.isBack ? { file: said.file, line: said.rule.line, text: said.rule.text } : undefined
  }
  const by: GitIgnored['by'] = (path, isFolder) => {
    const found = isFolder ? folderBy(path) : (folderBy(above(path)) ?? ownRule(path, false))
    return found && isTracked(path, isFolder) ? undefined : found
  }
  return {
    by,
    matches: (path) => isOfGit(path) || by(path, false) !== undefined,
    wholly: (folder) => isOfGit(folder) || by(folder, true) !== undefined,
  }
}

const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

const isOfGit = (path: string): boolean => path.split('/').includes('.git')

const lastSaid = ({ file, rules }: Rules, path: string, isFolder: boolean) => {
  const bytes = bytesOf(path)
  const rule = rules.findLast((one) => one.matches(bytes, isFolder))
  return rule && { file, rule }
}

const read = (file: string): Rules => {
  try {
    return { file, rules: ignoreRules(readFileSync(file, 'utf8')) }
  } catch {
    return { file, rules: [] }
  }
}

/** One line of a `.gitignore`. */
type IgnoreRule = {
  /** Beginning with 1. */
  readonly line: number
  /** As it is written. */
  readonly text: string
  /** It brings back what an earlier line ignores. */
  readonly isBack: boolean
  /** Whether it speaks of a path below the folder of its file; both as bytes. */
  matches(path: string, isFolder: boolean): boolean
}

/** Paths and patterns are compared byte by byte, as git does. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1')

/** The rules of a `.gitignore`, in its order. Source: git's dir.c. */
const ignoreRules = (content: string): readonly IgnoreRule[] =>
  content
    .replace(/^\u{FEFF}/u, '')
    .split('\n')
    .flatMap((raw, index) => {
      const text = trimmed(raw.replace(/\r$/, ''))
      return text === '' || text.startsWith('#') ? [] : [ruleOf(text, index + 1)]
    })

/** Spaces at the end do not count, unless a backslash stands before the first of them that does. */
const trimmed = (line: string): string => {
  let end = -1
  for (let at = 0; at < line.length; at++) {
    if (line[at] === ' ') {
      if (end < 0) end = at
      continue
    }
    if (line[at] === '\\') at++
    end = -1
  }
  return end < 0 ? line : line.slice(0, end)
}

const ruleOf = (text: string, line: number): IgnoreRule => {
  const isBack = text.startsWith('!')
  const whole = bytesOf(isBack ? text.slice(1) : text)
  const ofFolders = whole.endsWith('/')
  const pattern = ofFolders ? whole.slice(0, -1) : whole
  const ofNames = !pattern.includes('/')
  const below = pattern.replace(/^\//, '')
  return {
    line,
    text,
    isBack,
    matches: (path, isFolder) => {
      if (ofFolders && !isFolder) return false
      return ofNames ? wildmatch(pattern, path.slice(path.lastIndexOf('/') + 1), false) : wildmatch(below, path, true)
    },
  }
}
