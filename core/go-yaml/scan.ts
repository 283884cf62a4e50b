import {
  ahead,
  code,
  columnOf,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDocumentIndicator,
  isEnd,
  isSpace,
  refuseControlCharacters,
  takeBreak,
  YamlError,
  type Cursor,
} from './cursor.ts'
import { possibleKeys, refuseDepth } from './possible-keys.ts'
import { scanBlock } from './scan-block.ts'
import { scanDirective, scanName, scanTag } from './scan-names.ts'
import { scanPlain, scanQuoted, startsPlain } from './scan-scalar.ts'
import type { Mark, Token } from './tokens.ts'

/** The tokens of a text, read as far as they are asked for. */
export type Tokens = { peek(): Token; take(): Token }

/** `json`: escapes that JSON has and YAML 1.1 has not are read too. */
export type ScanOptions = { readonly json?: boolean }

/**
 * Cuts a text into tokens by the rules of YAML 1.1 as libyaml has them, which Go's parsers were translated from: an
 * indentation that grows opens a block, one that shrinks closes it, and a key is known by the colon behind it.
 * Throws YamlError.
 */
export const scan = (text: string, { json = false }: ScanOptions = {}): Tokens => {
  refuseControlCharacters(text)
  // A byte order mark is no part of what follows it; anywhere else it is a letter.
  const begin = text.startsWith('\uFEFF') ? 1 : 0
  const cursor: Cursor = { text, at: begin, line: 0, lineStart: begin }
  let queue: Token[] = []
  let head = 0
  let taken = 0
  let indent = -1
  const indents: number[] = []
  let keyAllowed = true
  const keys = possibleKeys(cursor)

  const { inFlow } = keys
  const push = (type: Mark, start = cursor.at) => queue.push({ type, start })
  const insert = (number: number, token: Token) => queue.splice(head + number - taken, 0, token)
  const nextNumber = () => taken + queue.length - head

  const saveKey = () => {
    if (keyAllowed) keys.save(nextNumber(), !inFlow() && indent === columnOf(cursor))
  }
  const roll = (column: number, type: 'block-list-start' | 'block-map-start', start: number, number?: number) => {
    if (inFlow() || indent >= column) return
    refuseDepth(indents.length, start)
    indents.push(indent)
    indent = column
    if (number === undefined) push(type, start)
    else insert(number, { type, start })
  }
  const unroll = (column: number) => {
    if (inFlow()) return
    while (indent > column) {
      push('block-end')
      indent = indents.pop() ?? -1
    }
  }

  const skipToNext = () => {
    for (;;) {
      // Where a key may stand, a tab would be taken for its indentation.
      const isGap = inFlow() || !keyAllowed ? isBlank : isSpace
      while (isGap(ahead(cursor))) cursor.at++
      if (ahead(cursor) === code('#')) while (!isBreakOrEnd(ahead(cursor))) cursor.at++
      if (!isBreak(ahead(cursor))) return
      takeBreak(cursor)
      if (!inFlow()) keyAllowed = true
    }
  }

  const structure = (type: Mark, length: number) => {
    const start = cursor.at
    cursor.at += length
    push(type, start)
  }
  const documentMark = (type: 'document-start' | 'document-end' | 'stream-end', length: number) => {
    unroll(-1)
    keys.forget()
    keyAllowed = false
    structure(type, length)
  }
  const openFlow = (type: 'flow-list-start' | 'flow-map-start') => {
    saveKey()
    keys.openFlow()
    keyAllowed = true
    structure(type, 1)
  }
  const closeFlow = (type: 'flow-list-end' | 'flow-map-end') => {
    keys.forget()
    keys.closeFlow()
    keyAllowed = false
    structure(type, 1)
  }
  const flowEntry = () => {
    keys.forget()
    keyAllowed = true
    structure('flow-entry', 1)
  }
  const blockEntry = () => {
    if (!inFlow()) {
      if (!keyAllowed) throw new YamlError('block sequence entries are not allowed in this context', cursor.at)
      roll(columnOf(cursor), 'block-list-start', cursor.at)
    }
    keys.forget()
    keyAllowed = true
    structure('block-entry', 1)
  }
  const explicitKey = () => {
    if (!inFlow()) {
      if (!keyAllowed) throw new YamlError('mapping keys are not allowed in this context', cursor.at)
      roll(columnOf(cursor), 'block-map-start', cursor.at)
    }
    keys.forget()
    keyAllowed = !inFlow()
    structure('key', 1)
  }
  const value = () => {
    const key = keys.take()
    if (key) {
      insert(key.token, { type: 'key', start: key.start })
      roll(key.column, 'block-map-start', key.start, key.token)
      keyAllowed = false
    } else {
      if (!inFlow()) {
        if (!keyAllowed) throw new YamlError('mapping values are not allowed in this context', cursor.at)
        roll(columnOf(cursor), 'block-map-start', cursor.at)
      }
      keyAllowed = !inFlow()
    }
    structure('value', 1)
  }
  const name = (type: 'anchor' | 'alias' | 'tag') => {
    saveKey()
    keyAllowed = false
    const start = cursor.at
    queue.push({ type, start, value: type === 'tag' ? scanTag(cursor) : scanName(cursor) })
  }
  const quoted = () => {
    saveKey()
    keyAllowed = false
    const start = cursor.at
    queue.push({ type: 'scalar', start, value: scanQuoted(cursor, json), style: 'quoted' })
  }
  const block = () => {
    keys.forget()
    keyAllowed = true
    const start = cursor.at
    queue.push({ type: 'scalar', start, value: scanBlock(cursor, indent), style: 'block' })
  }
  const plain = () => {
    saveKey()
    keyAllowed = false
    const start = cursor.at
    const read = scanPlain(cursor, indent + 1, inFlow())
    if (read.newLine) keyAllowed = true
    queue.push({ type: 'scalar', start, value: read.value, style: 'plain' })
  }
  const directive = () => {
    unroll(-1)
    keys.forget()
    keyAllowed = false
    queue.push(scanDirective(cursor))
  }

  const fetch = () => {
    skipToNext()
    unroll(columnOf(cursor))
    const char = ahead(cursor)
    if (isEnd(char)) {
      // No colon can follow any more, so that nothing here may still become a key.
      if (columnOf(cursor) > 0) cursor.line++
      return documentMark('stream-end', 0)
    }
    if (columnOf(cursor) === 0 && char === code('%')) return directive()
    if (isDocumentIndicator(cursor)) return documentMark(char === code('-') ? 'document-start' : 'document-end', 3)
    const loose = isBlankOrEnd(ahead(cursor, 1))
    switch (text.charAt(cursor.at)) {
      case '[':
        return openFlow('flow-list-start')
      case '{':
        return openFlow('flow-map-start')
      case ']':
        return closeFlow('flow-list-end')
      case '}':
        return closeFlow('flow-map-end')
      case ',':
        return flowEntry()
      case '-':
        if (loose) return blockEntry()
        break
      case '?':
        if (inFlow() || loose) return explicitKey()
        break
      case ':':
        if (inFlow() || loose) return value()
        break
      case '*':
        return name('alias')
      case '&':
        return name('anchor')
      case '!':
        return name('tag')
      case '|':
      case '>':
        if (!inFlow()) return block()
        break
      case "'":
      case '"':
        return quoted()
    }
    if (!startsPlain(cursor, inFlow())) throw new YamlError('found character that cannot start any token', cursor.at)
    return plain()
  }

  const needsMore = (): boolean => head === queue.length || keys.mayBeginAt(taken)

  const peek = (): Token => {
    while (needsMore()) fetch()
    const token = queue[head]
    if (!token) throw new YamlError('unexpected end of the text', cursor.at)
    return token
  }
  return {
    peek,
    take: () => {
      const token = peek()
      head++
      taken++
      if (head === queue.length) {
        queue = []
        head = 0
      }
      return token
    },
  }
}
