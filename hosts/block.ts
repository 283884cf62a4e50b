import { createHash } from 'node:crypto'

/** kind publishes ports on 127.0.0.1 alone: with ::1 beside it, programs would try a port first where nobody listens. */
export const loopback = '127.0.0.1'

/**
 * The hosts file with one marked block for this cluster that maps the hosts, every other byte kept.
 * Undefined stands for a file that is not there. No hosts means no block.
 */
export const withBlock = (
  bytes: Uint8Array | undefined,
  name: string,
  hosts: readonly string[],
  address = loopback,
): Buffer | undefined => {
  if (hosts.length === 0) return bytes && withoutBlock(bytes, name)
  const lines = linesOf(bytes)
  const begin = lines.findIndex((line) => isOurs(line, name) && parse(line).kind === 'begin')
  const rest = (part: readonly string[]): string[] => part.filter((line) => !isOurs(line, name))
  const block = (eol: string): string[] =>
    [...new Set(hosts)].map((host) => `${address} ${host} # kindup ${name}${eol}`).concat(`# kindup ${name} end${eol}`)

  if (begin >= 0) {
    const first = lines[begin] ?? ''
    const eol = endOf(first) || '\n'
    const marker = first.slice(0, first.length - endOf(first).length) + eol
    return buffer([...rest(lines.slice(0, begin)), marker, ...block(eol), ...rest(lines.slice(begin + 1))])
  }
  const kept = rest(lines)
  const eol = endOf(kept[0] ?? '') || '\n'
  const last = kept.at(-1)
  const openEnd = last !== undefined && endOf(last) === ''
  const marker = beginning(name, { made: bytes === undefined, ...(openEnd ? { after: hash(last) } : {}) })
  return buffer([...kept, ...(openEnd ? [eol] : []), marker + eol, ...block(eol)])
}

/**
 * The hosts file without the lines that `withBlock` wrote, wherever they stand now. If nobody else wrote, these are the
 * bytes of before; undefined when a file was made for the block and nothing else is in it.
 */
export const withoutBlock = (bytes: Uint8Array, name: string): Buffer | undefined => {
  const kept: string[] = []
  let made = false
  const opened: { at: number; after: string }[] = []
  for (const line of linesOf(bytes)) {
    const parsed = parse(line)
    if (!isOurs(line, name)) kept.push(line)
    else if (parsed.kind === 'begin') {
      made ||= parsed.made
      if (parsed.after !== undefined) opened.push({ at: kept.length, after: parsed.after })
    }
  }
  for (const { at, after } of opened) giveBackOpenEnd(kept, at, after)
  if (made) {
    const heir = kept.findIndex((line) => parse(line).kind === 'begin')
    if (heir >= 0) kept[heir] = remarked(kept[heir] ?? '', { made: true })
    else if (kept.length === 0) return undefined
  }
  return buffer(kept)
}

/** The hosts that this cluster's block maps, in the file's order. */
export const blockHosts = (bytes: Uint8Array | undefined, name: string): string[] =>
  linesOf(bytes).flatMap((line) => {
    const parsed = parse(line)
    return parsed.kind === 'entry' && parsed.name === name ? [parsed.host] : []
  })

export type Mapping = {
  readonly host: string
  readonly address: string
  /** Counts from 1. */
  readonly line: number
  /** The cluster whose block it stands in; undefined for a line that kindup did not write. */
  readonly cluster?: string
}

/** Where these hosts are mapped outside this cluster's block. */
export const mappedElsewhere = (bytes: Uint8Array | undefined, name: string, hosts: readonly string[]): Mapping[] => {
  const wanted = new Set(hosts.map((host) => host.toLowerCase()))
  return linesOf(bytes).flatMap((line, index) => {
    if (isOurs(line, name)) return []
    const parsed = parse(line)
    const [address = '', ...names] = (line.replace(/^\u00ef\u00bb\u00bf/, '').split('#')[0] ?? '').trim().split(/\s+/)
    return names
      .map((each) => each.toLowerCase())
      .filter((each) => wanted.has(each))
      .map((host) => ({
        host,
        address,
        line: index + 1,
        ...(parsed.kind === 'entry' ? { cluster: parsed.name } : {}),
      }))
  })
}

type Notes = {
  /** There was no file before. */
  readonly made: boolean
  /** The line before had no end and was given one: the hash of that line. */
  readonly after?: string
}
type Line =
  | ({ readonly kind: 'begin'; readonly name: string } & Notes)
  | { readonly kind: 'end'; readonly name: string }
  | { readonly kind: 'entry'; readonly name: string; readonly host: string }
  | { readonly kind: 'foreign' }

/** Every line of ours says whose it is, so that a damaged block, or a user's line inside one, costs no foreign byte. */
const parse = (line: string): Line => {
  const text = line.slice(0, line.length - endOf(line).length)
  const begin = /^# kindup (\S+) begin(; made this file)?(?:; ended the line before ([0-9a-f]{8}))?$/.exec(text)
  if (begin?.[1])
    return {
      kind: 'begin',
      name: begin[1],
      made: begin[2] !== undefined,
      ...(begin[3] === undefined ? {} : { after: begin[3] }),
    }
  const end = /^# kindup (\S+) end$/.exec(text)
  if (end?.[1]) return { kind: 'end', name: end[1] }
  const entry = /^\S+ (\S+) # kindup (\S+)$/.exec(text)
  if (entry?.[1] && entry[2]) return { kind: 'entry', host: entry[1], name: entry[2] }
  return { kind: 'foreign' }
}

const isOurs = (line: string, name: string): boolean => {
  const parsed = parse(line)
  return parsed.kind !== 'foreign' && parsed.name === name
}

const beginning = (name: string, notes: Notes): string =>
  `# kindup ${name} begin${notes.made ? '; made this file' : ''}${notes.after === undefined ? '' : `; ended the line before ${notes.after}`}`

const remarked = (line: string, more: Partial<Notes>): string => {
  const parsed = parse(line)
  return parsed.kind === 'begin' ? beginning(parsed.name, { ...parsed, ...more }) + endOf(line) : line
}

/** Takes the line end away that we added, unless something stands behind it now: then it has become theirs, or another block's. */
const giveBackOpenEnd = (lines: string[], at: number, after: string): void => {
  const ended = lines[at - 1]
  if (ended === undefined) return
  const open = ['\r\n', '\n']
    .filter((eol) => ended.endsWith(eol))
    .map((eol) => ended.slice(0, -eol.length))
    .find((text) => hash(text) === after)
  if (open === undefined) return
  const next = lines[at]
  if (next === undefined) lines[at - 1] = open
  else if (parse(next).kind === 'begin') lines[at] = remarked(next, { after })
}

/** Bytes as characters (latin1), so that no encoding is assumed and none broken. */
const linesOf = (bytes: Uint8Array | undefined): string[] =>
  Buffer.from(bytes ?? [])
    .toString('latin1')
    .match(/[^\n]*\n|[^\n]+/g) ?? []
const buffer = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'latin1')
const endOf = (line: string): string => (line.endsWith('\r\n') ? '\r\n' : line.endsWith('\n') ? '\n' : '')
const hash = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex').slice(0, 8)
