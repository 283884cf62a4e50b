/** One key of a file of `KEY=value` lines. Lines count from 1. */
type EnvEntry = { readonly key: string; readonly value: string; readonly line: number }

/** What is wrong in such a file. The sentence never holds a value. */
type EnvTrouble = {
  readonly line: number
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint?: string
}

type EnvFile = { readonly entries: readonly EnvEntry[]; readonly troubles: readonly EnvTrouble[] }

const start = /^[ \t]*(?:export[ \t]+)?([^\s=#'"]+)[ \t]*(=?)/
/** What a Secret takes as a key. */
const legalKey = /^[-._a-zA-Z0-9]{1,253}$/

/**
 * Reads `KEY=value` lines: blank lines, comments, `export`, quotes (values in them may span lines) and `=` in values.
 * Nothing is expanded. The last of several lines with one key counts. `bare`: a key may stand alone, as in a template.
 */
export const parseEnvFile = (text: string, { bare = false } = {}): EnvFile => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const entries: EnvEntry[] = []
  const troubles: EnvTrouble[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const written = lines[index] ?? ''
    if (/^[ \t]*(?:#|$)/.test(written)) continue
    const line = index + 1
    const fail = (message: string, hint?: string): void =>
      void troubles.push({ line, severity: 'error', message, ...(hint === undefined ? {} : { hint }) })
    const [begun, key = '', equals] = start.exec(written) ?? []
    const rest = written.slice(begun?.length ?? 0)
    if (begun === undefined || (equals === '' && !(bare && /^[ \t]*(?:#|$)/.test(rest)))) {
      fail(
        'This is no line of the form KEY=value.',
        'A comment begins with #; a value of several lines stands in quotes.',
      )
      continue
    }
    if (!legalKey.test(key)) {
      // Not named: it may be the second line of a value that lacks its quotes.
      fail(
        'What stands before the `=` cannot be a key of a Secret: those are letters, digits, "-", "_" and ".".',
        'A value of several lines stands in quotes.',
      )
      continue
    }
    const quote = /^[ \t]*(["'])/.exec(rest)?.[1]
    if (quote === undefined) {
      entries.push({ key, value: unquoted(rest), line })
      continue
    }
    const quoted = readQuoted([rest.slice(rest.indexOf(quote) + 1), ...lines.slice(index + 1)], quote)
    if (quoted === undefined) {
      fail(`The quote that begins the value of ${key} is not closed.`)
      break
    }
    if (!/^[ \t]*(?:#.*)?$/.test(quoted.behind))
      fail(`Something stands behind the closing quote of ${key}.`, 'Put the whole value into quotes.')
    entries.push({ key, value: quoted.value, line })
    index += quoted.lines
  }
  return { entries, troubles: [...troubles, ...twice(entries)].toSorted((a, b) => a.line - b.line) }
}

/** A comment needs a blank before it: passwords hold `#`. */
const unquoted = (rest: string): string => rest.replace(/[ \t]#.*$/, '').trim()

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' }

/** Up to the closing quote, and how many further lines that took. Only double quotes know escapes. */
const readQuoted = (
  lines: readonly string[],
  quote: string,
): { readonly value: string; readonly behind: string; readonly lines: number } | undefined => {
  let value = ''
  for (const [index, line] of lines.entries()) {
    for (let at = 0; at < line.length; at += 1) {
      const character = line[at] ?? ''
      const escaped = quote === '"' && character === '\\' ? escapes[line[at + 1] ?? ''] : undefined
      if (character === quote) return { value, behind: line.slice(at + 1), lines: index }
      value += escaped ?? character
      if (escaped !== undefined) at += 1
    }
    value += '\n'
  }
  return undefined
}

const twice = (entries: readonly EnvEntry[]): readonly EnvTrouble[] => {
  const first = new Map<string, EnvEntry>()
  return entries.flatMap((entry): EnvTrouble[] => {
    const { key, value, line } = entry
    const before = first.get(key)
    if (!before) first.set(key, entry)
    if (!before) return []
    const equal = before.value === value
    return [
      {
        line,
        severity: equal ? 'warning' : 'error',
        message: equal
          ? `${key} is written twice with the same value (first on line ${before.line}).`
          : `${key} is written twice with different values, on line ${before.line} and on line ${line}: which one counts depends on the reader.`,
        hint: 'Remove one of them.',
      },
    ]
  })
}
