import { ahead, isBlank, isBlankOrEnd, isBreakOrEnd, YamlError, type Cursor } from './cursor.ts'
import type { Token } from './tokens.ts'

const taken = (cursor: Cursor, pattern: RegExp): string => {
  pattern.lastIndex = cursor.at
  const [text = ''] = pattern.exec(cursor.text) ?? []
  cursor.at += text.length
  return text
}

/** The name of an anchor or of an alias; the reader stands on the `&` or `*`. */
export const scanName = (cursor: Cursor): string => {
  const start = cursor.at
  cursor.at++
  const name = taken(cursor, /[0-9A-Za-z_-]+/y)
  const next = cursor.text.charAt(cursor.at)
  if (name === '' || !(isBlankOrEnd(ahead(cursor)) || '?:,]}%@`'.includes(next)))
    throw new YamlError('the name of an anchor is made of letters, digits, `_` and `-`', start)
  return name
}

/** A tag as it is written: `!`, `!!str`, `!local`, `!<uri>`. */
export const scanTag = (cursor: Cursor): string => {
  const start = cursor.at
  const tag = taken(cursor, /!<[^\s>]+>|!(?:[0-9A-Za-z_-]*!)?[0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]%]*/y)
  const bare = /^!(?:[0-9A-Za-z_-]+)?!$/.test(tag)
  if (bare) throw new YamlError('did not find expected tag URI', start)
  if (!isBlankOrEnd(ahead(cursor))) throw new YamlError('did not find expected whitespace or line break', start)
  return tag
}

/** `%YAML 1.1` or `%TAG handle prefix`; the reader stands on the `%`. */
export const scanDirective = (cursor: Cursor): Token => {
  const start = cursor.at
  const line = taken(cursor, /[^\n\r\u0085\u2028\u2029]*/y)
  const [name, first = '', second = '', ...more] = line
    .replace(/(^|[ \t])#.*$/, '')
    .split(/[ \t]+/)
    .filter((word) => word !== '')
  if (!isBreakOrEnd(ahead(cursor)) || isBlank(ahead(cursor)))
    throw new YamlError('did not find expected comment or line break', cursor.at)
  if (name === '%YAML') {
    if (first !== '1.1') throw new YamlError(`found incompatible YAML document: Go reads YAML 1.1, not ${first}`, start)
    return { type: 'version-directive', start }
  }
  if (name === '%TAG' && second !== '' && more.length === 0)
    return { type: 'tag-directive', start, handle: first, prefix: second }
  throw new YamlError('found unknown directive name', start)
}
