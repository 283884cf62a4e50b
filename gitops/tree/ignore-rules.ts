import { wildmatch } from './wildmatch.ts'

/** One line of a `.gitignore`. */
export type IgnoreRule = {
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
export const bytesOf = (text: string): string => Buffer.from(text).toString('latin1')

/** The rules of a `.gitignore`, in its order. Source: git's dir.c. */
export const ignoreRules = (content: string): readonly IgnoreRule[] =>
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
