import { isJson } from '../../core/is-json.ts'
import { isSeq, parse, type Node, type Pair } from 'yaml'
import { valueAt } from '../../core/fields.ts'
import { currentContextOf, entriesOf, pairOf, parseKubeconfig, sections, type KubeconfigText } from './document.ts'
import { checked, memoryOf, type Memory } from './entries.ts'
import { applyEdits, commentsIn, removeEntries, removePairs, type Edit } from '../../core/yaml-edit/edits.ts'
import { keyOf, valueRange } from '../../core/yaml-edit/nodes.ts'

type Known = {
  /** The context that was current before, for files that lost the memory in our entry. */
  readonly previous?: string | undefined
  readonly made?: boolean | undefined
}
type Removed = {
  /** Undefined when the file was made for our entries and nothing else is in it. */
  readonly after: KubeconfigText | undefined
  readonly said: readonly string[]
}

/** The text without cluster `name`: the one of before where nobody else wrote, everything of others where somebody did. */
export const removeEntriesOf = (config: KubeconfigText, name: string, known: Known): Removed => {
  const { text, file } = config
  const called = `kind-${name}`
  const memories = entriesOf(config, 'contexts').flatMap(({ node, name: entry }) => {
    const found = memoryOf(node)
    return found ? [{ ...found, name: entry }] : []
  })
  const memory = memories.find((each) => each.name === called)?.memory
  const heirs = memories.filter((each) => each.name !== called)
  const gone = new Set<Pair<Node, Node | null>>()
  const edits: Edit[] = []
  const inherited: Record<string, string | null> = {}

  /** Puts the old text back behind a key, or takes the key out where there was none. */
  const restore = (pair: Pair<Node, Node | null>, old: string | null): void => {
    const [start, end] = valueRange(config.text, pair)
    if (old === null) gone.add(pair)
    else edits.push({ start, end, text: fitting(config, old) + commentsIn(text, start, end) })
  }

  for (const section of sections) {
    const pair = pairOf(config, section)
    const list = pair?.value
    const entries = entriesOf(config, section)
    const ours = new Set(entries.filter((entry) => entry.name === called).map(({ node }) => node))
    const old = memory?.before[section]
    if (!pair || (ours.size === 0 && old === undefined)) continue
    const empty = entries.length === ours.size
    if (!empty && old !== undefined) inherited[section] = old
    if (empty && old !== undefined) restore(pair, old)
    else if (isSeq(list) && list.flow !== true && empty) restore(pair, ' []')
    else if (isSeq(list)) edits.push(...removeEntries(text, list, ours))
  }

  const before = previousOf(memory, known)
  const current = pairOf(config, 'current-context')
  const said: string[] = []
  if (current && currentContextOf(config) === called) {
    const left = new Set(
      entriesOf(config, 'contexts')
        .map((entry) => entry.name)
        .filter((entry) => entry !== called),
    )
    if (before.name === undefined || left.has(before.name) || before.elsewhere) restore(current, before.source)
    else {
      restore(current, ' ""')
      said.push(`No current context is set in ${file}: ${before.name}, which was current before ${called}, is gone.`)
    }
  }

  for (const key of heads) if (memory?.before[key] === null) inherited[key] = null
  edits.push(...bequeath(config, heirs, called, { inherited, before, made: memory?.made === true }))
  if (heirs.length === 0) takeHead(config, memory, gone)

  const result = applyEdits(text, [...edits, ...removePairs(config, gone)])
  const after = result === text ? config : checked(config, parseKubeconfig(result, file), name)
  const made = memory?.made === true || known.made === true
  return { after: made && isHollow(after) ? undefined : after, said }
}

const heads = ['apiVersion', 'kind']

type Previous = { readonly source: string | null; readonly name: string | undefined; readonly elsewhere: boolean }

const previousOf = (memory: Memory | undefined, { previous }: Known): Previous => {
  const source = memory?.before['current-context']
  if (source !== undefined) return { source, name: nameIn(source), elsewhere: memory?.previousWasHere !== true }
  return { source: previous ? ` ${JSON.stringify(previous)}` : ' ""', name: previous, elsewhere: false }
}

/** The context's name in the text that stood behind a `current-context:`. */
export const nameIn = (source: string | null): string | undefined => {
  const value = source === null ? null : valueIn(source)
  return typeof value === 'string' && value !== '' ? value : undefined
}

const valueIn = (source: string): unknown => valueAt(parse(`x: ${source}`, { logLevel: 'error' }), 'x')

/** Where other clusters of kindup are still in the file, one of them keeps in mind what ours would have put back. */
const bequeath = (
  config: KubeconfigText,
  heirs: readonly NonNullable<ReturnType<typeof memoryOf>>[],
  called: string,
  { inherited, before, made }: { inherited: Memory['before']; before: Previous; made: boolean },
): Edit[] =>
  heirs.flatMap(({ memory, pair }, index) => {
    const next: { before: Record<string, string | null>; previousWasHere?: boolean; made?: boolean } = {
      ...memory,
      before: { ...(index === 0 ? inherited : {}), ...memory.before },
    }
    if (index === 0 && made) next.made = true
    if (nameIn(memory.before['current-context'] ?? null) === called) {
      next.before['current-context'] = before.source
      next.previousWasHere = !before.elsewhere
    }
    if (!pair || JSON.stringify(next) === JSON.stringify(memory)) return []
    const [start, end] = valueRange(config.text, pair)
    return [{ start, end, text: ` ${JSON.stringify(next)}` }]
  })

/** `apiVersion` and `kind`, where they came with us and head nothing any more. */
const takeHead = (config: KubeconfigText, memory: Memory | undefined, gone: Set<Pair<Node, Node | null>>): void => {
  const head = config.root.filter((pair) => heads.includes(keyOf(pair)) && memory?.before[keyOf(pair)] === null)
  if (gone.size + head.length === config.root.length) for (const pair of head) gone.add(pair)
}

/** What was YAML before may stand in JSON now. */
const fitting = ({ text }: KubeconfigText, source: string): string =>
  isJson(text) && !isJson(source) ? ` ${JSON.stringify(valueIn(source) ?? [])}` : source

/** Nobody's entries, settings or comments are left: only what kubectl writes into any file. */
const isHollow = ({ text, root }: KubeconfigText): boolean =>
  !/(^|\s)#/.test(text) &&
  root.every((pair) => {
    const key = keyOf(pair)
    const value: unknown = pair.value?.toJSON() ?? null
    if (heads.includes(key)) return true
    const known = key === 'preferences' || key === 'current-context' || (sections as readonly string[]).includes(key)
    return known && (value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0))
  })
