/** Which paths of a build context are left out. */
export type Ignored = {
  /** Paths are relative to the context, with forward slashes. */
  matches(path: string): boolean
  /** True when nothing below an ignored folder can be let in again, so that it need not be read. */
  wholly(folder: string): boolean
}

type Pattern = { readonly text: string; readonly lets: boolean; readonly regex: RegExp }

/**
 * Reads a .dockerignore as the engines do: the last pattern that matches a path or one of its folders decides, `!` lets
 * in again, `**` is any number of folders. A pattern always begins at the root of the context.
 */
export const dockerignore = (text: string): Ignored => {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .flatMap(toPattern)
  const matches = (path: string): boolean => {
    const paths = withFolders(path)
    let ignored = false
    for (const { lets, regex } of patterns)
      if (lets === ignored && paths.some((candidate) => regex.test(candidate))) ignored = !lets
    return ignored
  }
  const letIn = patterns.filter(({ lets }) => lets)
  return {
    matches,
    wholly: (folder) => matches(folder) && !letIn.some(({ text: pattern }) => mayLieBelow(pattern, folder)),
  }
}

const toPattern = (line: string): readonly Pattern[] => {
  const lets = line.startsWith('!')
  const text = cleaned((lets ? line.slice(1) : line).trim())
  return text === '' || text === '.' ? [] : [{ text, lets, regex: globRegex(text) }]
}

/** Takes out `.`, `..` and doubled slashes; a leading slash means the root of the context too. */
const cleaned = (pattern: string): string => {
  const parts: string[] = []
  for (const part of pattern.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** A pattern of Go's, `**` being any number of folders, as what matches whole paths. */
export const globRegex = (pattern: string): RegExp => {
  let source = ''
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index] ?? ''
    if (pattern.startsWith('**', index)) {
      const folders = pattern[index + 2] === '/'
      source += folders ? '(?:.*/)?' : '.*'
      index += folders ? 2 : 1
    } else if (char === '*') source += '[^/]*'
    else if (char === '?') source += '[^/]'
    else if (char === '[' && pattern.includes(']', index + 2)) {
      const end = pattern.indexOf(']', index + 2)
      source += `[${pattern.slice(index + 1, end).replaceAll('[', '\\[')}]`
      index = end
    } else if (char === '\\' && index + 1 < pattern.length) source += escaped(pattern[++index] ?? '')
    else source += escaped(char)
  }
  try {
    return new RegExp(`^${source}$`, 's')
  } catch {
    // A class that no engine takes either, such as [z-a]: nothing is named so.
    return new RegExp(`^${escaped(pattern)}$`)
  }
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

const withFolders = (path: string): readonly string[] => {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

const mayLieBelow = (pattern: string, folder: string): boolean =>
  /[*?[\\]/.test(pattern) || pattern === folder || pattern.startsWith(`${folder}/`) || folder.startsWith(`${pattern}/`)
