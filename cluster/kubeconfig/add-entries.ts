import { isSeq, type Node } from 'yaml'
import { currentContextOf, entriesOf, pairOf, parseKubeconfig, sections, type KubeconfigText } from './document.ts'
import { blockText, checked, holds, memoryOf, withMemory, type Entries, type Entry, type Memory } from './entries.ts'
import { removeEntriesOf } from './remove-entries.ts'
import {
  applyEdits,
  columnOf,
  insertEntry,
  insertFirst,
  lineEndOf,
  lineStart,
  type Edit,
} from '../../core/yaml-edit/edits.ts'
import { valueRange } from '../../core/yaml-edit/nodes.ts'

type Added = { readonly text: string; readonly memory: Memory }

/**
 * The text with cluster `name` in it, as the current context. Entries of that name are replaced: they are ours from
 * an earlier time, or what a cluster of kind left behind. The same entries again change nothing.
 */
export const addEntriesOf = (config: KubeconfigText, name: string, entries: Entries, made: boolean): Added => {
  const called = `kind-${name}`
  const old = entriesOf(config, 'contexts').find((entry) => entry.name === called)
  const memory = old && memoryOf(old.node)?.memory
  if (memory && holds(config, entries)) return { text: config.text, memory }
  const left = sections.some((section) => entriesOf(config, section).some((entry) => entry.name === called))
  const base = left ? (removeEntriesOf(config, name, {}).after ?? parseKubeconfig('', config.file)) : config
  const added = insert(base, name, entries, made || memory?.made === true)
  checked(base, parseKubeconfig(added.text, config.file), name)
  return added
}

const insert = (config: KubeconfigText, name: string, entries: Entries, made: boolean): Added => {
  const memory = remember(config, made)
  const all: Entries = { ...entries, contexts: withMemory(entries.contexts, memory) }
  if (config.style === 'none') return { text: begun(config, name, all), memory }

  const { text, root, style } = config
  const eol = lineEndOf(text)
  const firstKey = root[0]?.key
  const indent = firstKey ? columnOf(text, firstKey.range?.[0] ?? 0) : 0
  const absent: Record<string, unknown> = {}
  const edits: Edit[] = []
  const replaceValue = (key: string, value: string): void => {
    const pair = pairOf(config, key)
    if (!pair) return
    const [start, end] = valueRange(config.text, pair)
    edits.push({ start, end, text: value })
  }

  for (const section of sections) {
    const entry: Entry = all[section]
    const pair = pairOf(config, section)
    const block = (column: number): string => blockText([entry], column, eol)
    if (!pair) absent[section] = [entry]
    else if (!(section in memory.before)) edits.push(insertEntry(config, pair, block, JSON.stringify(entry)))
    else replaceValue(section, style === 'flow' ? ` [${JSON.stringify(entry)}]` : eol + block(indent))
  }
  if (pairOf(config, 'current-context'))
    replaceValue('current-context', style === 'flow' ? ` "kind-${name}"` : ` kind-${name}`)
  else absent['current-context'] = `kind-${name}`

  if (Object.keys(absent).length > 0) edits.push(insertPairs(config, absent, indent, firstKey))
  return { text: applyEdits(text, edits), memory }
}

const insertPairs = (
  { text, document, style }: KubeconfigText,
  pairs: Record<string, unknown>,
  indent: number,
  firstKey: Node | undefined,
): Edit => {
  if (style === 'flow' && document.contents)
    return insertFirst(document.contents, firstKey, JSON.stringify(pairs).slice(1, -1))
  const at = lineStart(text, firstKey?.range?.[0] ?? 0)
  return { start: at, end: at, text: blockText(pairs, indent, lineEndOf(text)) + lineEndOf(text) }
}

/** A file without content: ours goes to its top, or behind the mark of a document's beginning. */
const begun = ({ text }: KubeconfigText, name: string, { clusters, contexts, users }: Entries): string => {
  const eol = lineEndOf(text)
  const ours = blockText(
    {
      apiVersion: 'v1',
      clusters: [clusters],
      contexts: [contexts],
      'current-context': `kind-${name}`,
      kind: 'Config',
      users: [users],
    },
    0,
    eol,
  )
  const mark = /^---[^\r\n]*/m.exec(text)
  if (!mark) return ours + eol + text
  const at = mark.index + mark[0].length
  return text.slice(0, at) + eol + ours + text.slice(at)
}

/** What the text says now at each place that will hold more than one entry more. */
const remember = (config: KubeconfigText, made: boolean): Memory => {
  const before: Record<string, string | null> = {}
  const keep = (key: string): void => {
    const pair = pairOf(config, key)
    before[key] = pair ? config.text.slice(...valueRange(config.text, pair)) : null
  }
  if (config.style === 'none') for (const key of ['apiVersion', 'kind']) keep(key)
  if (config.root.length === 0 && config.style === 'flow') for (const key of ['apiVersion', 'kind']) before[key] = null
  for (const section of sections) {
    const list = pairOf(config, section)?.value
    const takesEntries = isSeq(list) && (list.items.length > 0 || config.style === 'flow')
    if (!takesEntries) keep(section)
  }
  keep('current-context')
  const previous = currentContextOf(config)
  const previousWasHere = entriesOf(config, 'contexts').some((entry) => entry.name === previous)
  return { before, ...(previousWasHere ? { previousWasHere } : {}), ...(made ? { made } : {}) }
}
