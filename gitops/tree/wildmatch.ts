/** `never`: nor from any later place in the text. `stuck`: nor from there up to the next slash, unless a `**` before it crosses that. */
type Result = 'match' | 'no' | 'never' | 'stuck'

const slash = 47

/**
 * Whether a pattern of git's matches a text, both as bytes (`latin1`). With `paths` a star stops at a slash, and `**` between
 * slashes is any number of folders. Source: git's wildmatch.c.
 */
export const wildmatch = (pattern: string, text: string, paths: boolean): boolean =>
  match(pattern, 0, text, 0, paths) === 'match'

const match = (pattern: string, from: number, text: string, start: number, paths: boolean): Result => {
  let t = start
  for (let p = from; p < pattern.length; p++, t++) {
    let ch = pattern[p] ?? ''
    if (t >= text.length && ch !== '*') return 'never'
    if (ch === '?') {
      if (paths && text.codePointAt(t) === slash) return 'no'
    } else if (ch === '*') return matchStar(pattern, p, text, t, paths)
    else if (ch === '[') {
      const set = readSet(pattern, p, text.charCodeAt(t))
      if (!set) return 'never'
      if (!set.holds || (paths && text.charCodeAt(t) === slash)) return 'no'
      p = set.end
    } else {
      if (ch === '\\') ch = pattern[++p] ?? ''
      if (text[t] !== ch) return 'no'
    }
  }
  return t < text.length ? 'no' : 'match'
}

const matchStar = (pattern: string, at: number, text: string, t: number, paths: boolean): Result => {
  let p = at + 1
  let crosses = !paths
  if (pattern[p] === '*') {
    while (pattern[p] === '*') p++
    const before = at === 0 || pattern[at - 1] === '/'
    const after = p === pattern.length || pattern[p] === '/' || (pattern[p] === '\\' && pattern[p + 1] === '/')
    if (paths && before && after) {
      // No folder at all is some number of folders, too.
      if (pattern[p] === '/' && match(pattern, p + 1, text, t, paths) === 'match') return 'match'
      crosses = true
    }
  }
  if (p === pattern.length) return !crosses && text.includes('/', t) ? 'stuck' : 'match'
  if (!crosses && pattern[p] === '/') {
    const next = text.indexOf('/', t)
    return next < 0 ? 'never' : match(pattern, p + 1, text, next + 1, paths)
  }
  for (let rest = t; rest <= text.length; rest++) {
    const result = match(pattern, p, text, rest, paths)
    if (result === 'match' || result === 'never' || (result === 'stuck' && !crosses)) return result
    if (!crosses && text[rest] === '/') return 'stuck'
  }
  return 'never'
}

const classes: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // oxlint-disable-next-line no-control-regex -- it is the class of them
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[\x21-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[A-Fa-f0-9]/,
}

/** What a set in brackets says of a byte, and where it ends; undefined where it never ends. */
const readSet = (
  pattern: string,
  from: number,
  byte: number,
): { readonly holds: boolean; readonly end: number } | undefined => {
  let p = from + 1
  const isNegated = pattern[p] === '!' || pattern[p] === '^'
  if (isNegated) p++
  let [holds, before] = [false, -1]
  // A bracket that stands first is one of the set.
  for (let isFirst = true; isFirst || pattern[p] !== ']'; p++, isFirst = false) {
    if (p >= pattern.length) return undefined
    const ch = pattern[p]
    let code = pattern.charCodeAt(p)
    if (ch === '-' && before >= 0 && p + 1 < pattern.length && pattern[p + 1] !== ']') {
      if (pattern[++p] === '\\') p++
      if (p >= pattern.length) return undefined
      if (byte >= before && byte <= pattern.charCodeAt(p)) holds = true
      before = -1
      continue
    }
    if (ch === '[' && pattern[p + 1] === ':') {
      const end = pattern.indexOf(']', p + 2)
      if (end < 0) return undefined
      if (end > p + 2 && pattern[end - 1] === ':') {
        const named = classes[pattern.slice(p + 2, end - 1)]
        if (!named) return undefined
        if (named.test(String.fromCharCode(byte))) holds = true
        p = end
        before = -1
        continue
      }
    } else if (ch === '\\') {
      if (++p >= pattern.length) return undefined
      code = pattern.charCodeAt(p)
    }
    if (byte === code) holds = true
    before = code
  }
  return { holds: holds !== isNegated, end: p }
}
