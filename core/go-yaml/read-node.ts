import { YamlError } from './cursor.ts'
import type { ListNode, MapNode, Pair, YamlNode } from './nodes.ts'
import { scan, type ScanOptions, type Tokens } from './scan.ts'
import type { Token } from './tokens.ts'

export type ReadDocument = {
  readonly node: YamlNode
  /** Offset of text behind the document's content that is neither `...` nor a comment: Go's readers leave it out. */
  readonly rest?: number
}

type Type = Token['type']

/** The first document of a text as nodes; undefined where there is none. Throws YamlError. */
export const readNode = (text: string, options: ScanOptions = {}): ReadDocument | undefined => {
  const tokens = scan(text, options)
  while (tokens.peek().type === 'document-end') tokens.take()
  const handles = new Map([
    ['!', '!'],
    ['!!', '!!'],
  ])
  let directives = false
  for (;;) {
    const token = tokens.peek()
    if (token.type === 'tag-directive') handles.set(token.handle, shortTag(token.prefix))
    else if (token.type !== 'version-directive') break
    directives = true
    tokens.take()
  }
  const first = tokens.peek()
  if (first.type === 'stream-end') {
    if (directives) throw new YamlError('did not find expected <document start>', first.start)
    return undefined
  }
  if (first.type === 'document-start') tokens.take()
  else if (directives) throw new YamlError('did not find expected <document start>', first.start)
  const begin = tokens.peek()
  const empty: readonly Type[] = ['version-directive', 'tag-directive', 'document-start', 'document-end', 'stream-end']
  const node = empty.includes(begin.type) ? emptyAt(begin.start) : makeReader(tokens, handles).block()
  const rest = restOf(tokens)
  return rest === undefined ? { node } : { node, rest }
}

/** Go looks at one token more, and no further: what follows `...` may be no YAML at all. */
const restOf = (tokens: Tokens): number | undefined => {
  const { type, start } = tokens.peek()
  if (type !== 'document-end') return type === 'stream-end' ? undefined : start
  tokens.take()
  try {
    const next = tokens.peek()
    return next.type === 'stream-end' ? undefined : next.start
  } catch (error) {
    if (error instanceof YamlError) return error.offset
    throw error
  }
}

const shortTag = (prefix: string): string => (prefix === 'tag:yaml.org,2002:' ? '!!' : prefix)

const emptyAt = (start: number): YamlNode => ({ kind: 'scalar', text: '', style: 'plain', start })

type Properties = { readonly start: number; readonly anchor?: string; readonly tag?: string }

const makeReader = (tokens: Tokens, handles: ReadonlyMap<string, string>) => {
  const taken = (type: Type): boolean => {
    if (tokens.peek().type !== type) return false
    tokens.take()
    return true
  }
  const refused = (what: string): YamlError => new YamlError(what, tokens.peek().start)

  const resolved = (tag: string, start: number): string => {
    const verbatim = /^!<(.*)>$/.exec(tag)?.[1]
    if (verbatim !== undefined) return verbatim.replace(/^tag:yaml\.org,2002:/, '!!')
    const [, handle = '!', suffix = ''] = /^(!(?:[0-9A-Za-z_-]*!)?)(.*)$/.exec(tag) ?? []
    const prefix = handles.get(handle)
    if (prefix === undefined) throw new YamlError('found undefined tag handle', start)
    return prefix + suffix
  }

  const properties = (): Properties => {
    const { start } = tokens.peek()
    let found: Properties = { start }
    for (;;) {
      const token = tokens.peek()
      if (token.type === 'anchor' && found.anchor === undefined) found = { ...found, anchor: token.value }
      else if (token.type === 'tag' && found.tag === undefined)
        found = { ...found, tag: resolved(token.value, token.start) }
      else return found
      tokens.take()
    }
  }

  /** `block`: block collections may begin here. `indentless`: so may a list whose dashes stand at its key's column. */
  const node = (block: boolean, indentless: boolean): YamlNode => {
    const first = tokens.peek()
    if (first.type === 'alias') {
      tokens.take()
      return { kind: 'alias', start: first.start, name: first.value }
    }
    if (first.type === 'scalar') {
      tokens.take()
      return { kind: 'scalar', start: first.start, text: first.value, style: first.style }
    }
    const of = properties()
    const token = tokens.peek()
    if (indentless && token.type === 'block-entry') return indentlessList(of)
    switch (token.type) {
      case 'scalar':
        tokens.take()
        return { kind: 'scalar', ...of, text: token.value, style: token.style }
      case 'flow-list-start':
        return flowList(of)
      case 'flow-map-start':
        return flowMap(of)
      case 'block-list-start':
        if (block) return blockList(of)
        break
      case 'block-map-start':
        if (block) return blockMap(of)
        break
    }
    if (of.anchor === undefined && of.tag === undefined) throw refused('did not find expected node content')
    return { kind: 'scalar', ...of, text: '', style: 'plain' }
  }

  const blockNode = () => node(true, false)
  const blockValue = () => node(true, true)
  const flowNode = () => node(false, false)
  const unless = (ends: readonly Type[], read: () => YamlNode, start = tokens.peek().start): YamlNode =>
    ends.includes(tokens.peek().type) ? emptyAt(start) : read()

  const afterDash: readonly Type[] = ['block-entry', 'block-end']
  const afterLooseDash: readonly Type[] = ['block-entry', 'key', 'value', 'block-end']
  const afterKey: readonly Type[] = ['key', 'value', 'block-end']

  const blockList = (of: Properties): ListNode => {
    tokens.take()
    const items: YamlNode[] = []
    for (let dash = tokens.peek(); taken('block-entry'); dash = tokens.peek())
      items.push(unless(afterDash, blockNode, dash.start))
    if (!taken('block-end')) throw refused("did not find expected '-' indicator")
    return { kind: 'list', ...of, items }
  }

  const indentlessList = (of: Properties): ListNode => {
    const items: YamlNode[] = []
    for (let dash = tokens.peek(); taken('block-entry'); dash = tokens.peek())
      items.push(unless(afterLooseDash, blockNode, dash.start))
    return { kind: 'list', ...of, items }
  }

  const blockMap = (of: Properties): MapNode => {
    tokens.take()
    const pairs: Pair[] = []
    while (taken('key')) {
      const key = unless(afterKey, blockValue)
      const { start } = tokens.peek()
      pairs.push({ key, value: taken('value') ? unless(afterKey, blockValue) : emptyAt(start) })
    }
    if (!taken('block-end')) throw refused('did not find expected key')
    return { kind: 'map', ...of, pairs }
  }

  /** Up to the bracket that ends it, with commas between. */
  const flowItems = <T>(end: 'flow-list-end' | 'flow-map-end', item: () => T): T[] => {
    tokens.take()
    const items: T[] = []
    while (!taken(end)) {
      if (items.length > 0 && !taken('flow-entry'))
        throw refused(`did not find expected ',' or '${end === 'flow-list-end' ? ']' : '}'}'`)
      if (taken(end)) break
      items.push(item())
    }
    return items
  }

  const flowPair = (end: 'flow-list-end' | 'flow-map-end'): Pair => {
    const key = unless(['value', 'flow-entry', end], flowNode)
    const { start } = tokens.peek()
    return { key, value: taken('value') ? unless(['flow-entry', end], flowNode) : emptyAt(start) }
  }

  const flowList = (of: Properties): ListNode => {
    const items = flowItems('flow-list-end', (): YamlNode => {
      const { start } = tokens.peek()
      return taken('key') ? { kind: 'map', start, pairs: [flowPair('flow-list-end')] } : flowNode()
    })
    return { kind: 'list', ...of, items }
  }

  const flowMap = (of: Properties): MapNode => {
    const pairs = flowItems('flow-map-end', (): Pair => {
      if (taken('key')) return flowPair('flow-map-end')
      const key = flowNode()
      return { key, value: emptyAt(tokens.peek().start) }
    })
    return { kind: 'map', ...of, pairs }
  }

  return { block: blockNode }
}
