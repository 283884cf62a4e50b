/** A call in a Tiltfile, as far as it is written out: texts, lists and maps of texts; what is worked out when it runs is undefined. */
export type StarlarkCall = {
  readonly name: string
  readonly line: number
  readonly positional: readonly StarlarkValue[]
  readonly named: Readonly<Record<string, StarlarkValue>>
}
type StarlarkDict = { readonly entries: Readonly<Record<string, string>> }
export type StarlarkValue = string | readonly string[] | StarlarkDict | StarlarkCall | undefined

/** The calls of these functions in a text, from the top. A call within another one's arguments is its value. */
export const readCalls = (text: string, names: readonly string[]): readonly StarlarkCall[] => {
  const bare = withoutComments(text)
  const calls: StarlarkCall[] = []
  const start = new RegExp(String.raw`(?<![\w.])(${names.join('|')})\s*\(`, 'g')
  let past = 0
  for (const found of bare.matchAll(start)) {
    if (found.index < past || isInText(bare, found.index)) continue
    const open = found.index + found[0].length
    const end = closing(bare, open)
    if (end === undefined) continue
    past = end
    calls.push(callOf(found[1] ?? '', bare.slice(open, end), lineAt(bare, found.index)))
  }
  return calls
}

const callOf = (name: string, inner: string, line: number): StarlarkCall => {
  const positional: StarlarkValue[] = []
  const named: Record<string, StarlarkValue> = {}
  for (const part of splitAt(inner)) {
    const [, key, rest = ''] = /^([A-Za-z_]\w*)\s*=(?!=)\s*(.*)$/s.exec(part) ?? []
    if (key === undefined) positional.push(valueOf(part, line))
    else named[key] = valueOf(rest, line)
  }
  return { name, line, positional, named }
}

const valueOf = (written: string, line: number): StarlarkValue => {
  const text = written.trim()
  const quoted = textIn(text)
  if (quoted !== undefined) return quoted
  const [, inner] = /^[[(](.*)[\])]$/s.exec(text) ?? []
  if (inner !== undefined) {
    const all = splitAt(inner).map((part) => textIn(part.trim()))
    return all.every((one) => one !== undefined) ? all : undefined
  }
  const [, map] = /^\{(.*)\}$/s.exec(text) ?? []
  if (map !== undefined) {
    const pairs = splitAt(map).flatMap((part): readonly (readonly [string, string])[] => {
      const [key, value] = splitAt(part, ':').map(textIn)
      return key === undefined || value === undefined ? [] : [[key, value]]
    })
    return pairs.length === splitAt(map).length ? { entries: Object.fromEntries(pairs) } : undefined
  }
  const [, name, args] = /^([A-Za-z_]\w*)\((.*)\)$/s.exec(text) ?? []
  return name === undefined || args === undefined ? undefined : callOf(name, args, line)
}

const textIn = (text: string): string | undefined => /^(["'])((?:(?!\1)[^\\])*)\1$/s.exec(text)?.[2]

/** The parts between commas, or what else separates them, as far as those stand in no brackets and no text. */
const splitAt = (text: string, separator = ','): readonly string[] => {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '"' || sign === "'") at = textEnd(text, at)
    else if ('([{'.includes(sign)) depth += 1
    else if (')]}'.includes(sign)) depth -= 1
    else if (sign === separator && depth === 0) {
      parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...parts, text.slice(from)].map((part) => part.trim()).filter((part) => part !== '')
}

const closing = (text: string, open: number): number | undefined => {
  let depth = 1
  for (let at = open; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '"' || sign === "'") at = textEnd(text, at)
    else if ('([{'.includes(sign)) depth += 1
    else if (')]}'.includes(sign) && (depth -= 1) === 0) return at
  }
  return undefined
}

/** Where the text that begins here ends: the place of its last quote. */
const textEnd = (text: string, start: number): number => {
  const quote = text[start] ?? ''
  const mark = text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote
  for (let at = start + mark.length; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text.startsWith(mark, at)) return at + mark.length - 1
  }
  return text.length
}

/** Comments as blanks, so that lines stay where they are. */
const withoutComments = (text: string): string => {
  let bare = ''
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? ''
    if (sign === '"' || sign === "'") {
      const end = textEnd(text, at)
      bare += text.slice(at, end + 1)
      at = end
    } else if (sign === '#') {
      const end = text.indexOf('\n', at)
      at = (end < 0 ? text.length : end) - 1
    } else bare += sign
  }
  return bare
}

const isInText = (text: string, index: number): boolean => {
  for (let at = 0; at < index; at += 1)
    if (text[at] === '"' || text[at] === "'") {
      at = textEnd(text, at)
      if (at >= index) return true
    }
  return false
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length
