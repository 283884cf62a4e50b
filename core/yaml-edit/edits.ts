import { isSeq, type Node, type YAMLSeq } from 'yaml'
import { dashesOf, endOf, itemsOf, keyOf, pairEnd, valueRange, type KeyValue } from './nodes.ts'

/** A text whose outermost map is edited. */
type MapText = { readonly text: string; readonly root: readonly KeyValue[]; readonly style: 'block' | 'flow' | 'none' }

/** Replaces the characters from start up to end. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string }

/** All edits speak of the same text; where two touch, the later one begins where the first ended. */
export const applyEdits = (text: string, edits: readonly Edit[]): string => {
  let result = ''
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    result += text.slice(at, Math.max(at, edit.start)) + edit.text
    at = Math.max(at, edit.end)
  }
  return result + text.slice(at)
}

/** The line end that the text uses. */
export const lineEndOf = (text: string): string => (/^[^\n]*\r\n/.test(text) ? '\r\n' : '\n')

/** Puts an entry before all others of a list that has some, or into empty brackets. */
export const insertEntry = (config: MapText, pair: KeyValue, block: (indent: number) => string, flow: string): Edit => {
  const { text } = config
  const list = pair.value
  if (!isSeq(list)) throw new Error(`${keyOf(pair)} holds no list`)
  if (list.flow === true) return insertFirst(list, itemsOf(list)[0], flow)
  const [dash = 0] = dashesOf(list)
  // At the end of the key's line, so that comments between it and the first entry stay with that entry.
  const lineEnd = text.indexOf('\n', valueRange(config.text, pair)[0])
  const at = text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd
  return { start: at, end: at, text: lineEndOf(text) + block(columnOf(text, dash)) }
}

/** Puts text before the first item of a flow collection, or between its brackets. */
export const insertFirst = (collection: Node, first: Node | undefined, text: string): Edit => {
  const at = first?.range?.[0] ?? (collection.range?.[0] ?? 0) + 1
  return { start: at, end: at, text: first ? `${text}, ` : text }
}

/** Takes entries out of a list. */
export const removeEntries = (text: string, list: YAMLSeq, gone: ReadonlySet<Node>): Edit[] => {
  const items = itemsOf(list)
  if (list.flow === true)
    return removeFromFlow(
      text,
      items.map((item) => ({ start: item.range?.[0] ?? 0, end: endOf(text, item), gone: gone.has(item) })),
    )
  const dashes = dashesOf(list)
  return removeLines(
    text,
    items.flatMap((item, index) => (gone.has(item) ? [{ start: dashes[index] ?? 0, end: endOf(text, item) }] : [])),
  )
}

/** Takes pairs out of the outermost map. */
export const removePairs = (config: MapText, gone: ReadonlySet<KeyValue>): Edit[] => {
  const spans = config.root.map((pair) => ({
    start: pair.key.range?.[0] ?? 0,
    end: pairEnd(config.text, pair),
    gone: gone.has(pair),
  }))
  return config.style === 'flow'
    ? removeFromFlow(config.text, spans)
    : removeLines(
        config.text,
        spans.filter((span) => span.gone),
      )
}

type Span = { readonly start: number; readonly end: number }

const removeFromFlow = (text: string, spans: readonly (Span & { readonly gone: boolean })[]): Edit[] => {
  if (spans.every(({ gone }) => gone)) {
    const end = spans.at(-1)?.end ?? 0
    const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0
    return [{ start: spans[0]?.start ?? 0, end: end + comma, text: '' }]
  }
  return spans.flatMap(({ start, end, gone }, index) => {
    if (!gone) return []
    const next = spans[index + 1]
    if (next) return [{ start, end: next.start, text: '' }]
    const lastKept = spans.findLast((span) => !span.gone)
    return [{ start: lastKept?.end ?? start, end, text: '' }]
  })
}

/** Takes whole lines out, together with the line end before them; comment lines that somebody wrote between them stay. */
const removeLines = (text: string, spans: readonly Span[]): Edit[] => {
  const runs: { start: number; end: number }[] = []
  for (const { start, end } of spans) {
    const last = runs.at(-1)
    if (last && text.slice(last.end, start).trim() === '') last.end = end
    else runs.push({ start: lineStart(text, start), end })
  }
  return runs.map(({ start, end }) => {
    const eol = lineEndOf(text)
    if (start === 0) {
      const rest = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0].length ?? 0
      const comments = commentsIn(text, start, end)
      return { start, end: end + rest, text: comments === '' ? '' : comments.slice(eol.length) + eol }
    }
    const before = text[start - 2] === '\r' ? start - 2 : start - 1
    return { start: before, end, text: commentsIn(text, start, end) }
  })
}

/** The comment lines in a part of the text, each with the line end before it. */
export const commentsIn = (text: string, start: number, end: number): string =>
  text
    .slice(start, end)
    .split('\n')
    .filter((line) => /^\s*#/.test(line))
    .map((line) => lineEndOf(text) + line.trimEnd())
    .join('')

/** How far a place stands from the beginning of its line; a byte order mark before the first one takes no room. */
export const columnOf = (text: string, at: number): number =>
  at - lineStart(text, at) - (lineStart(text, at) === 0 && text.startsWith('\uFEFF') ? 1 : 0)

export const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
