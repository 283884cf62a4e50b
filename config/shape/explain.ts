import type { Problem } from '../../core/problem.ts'
import { didYouMean, nearest } from '../../core/suggest.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { SourceMap } from '../source-map.ts'
import { fileSchema } from '../schema/file.ts'
import { valueAt } from '../value-at.ts'
import type { Flaw } from './flatten.ts'
import { elsewhere } from './elsewhere.ts'
import { flow } from './flow.ts'
import { keysAt, notesAt, takesText } from './schema-at.ts'

/** One flaw as a sentence with the wrong value, its place, and what would be right. */
export const explain = (flaw: Flaw, root: unknown, sourceMap: SourceMap): Problem => {
  const { path } = flaw
  const value = valueAt(root, path)
  const { example, secret, holdsSecrets } = notesAt(fileSchema, path)
  const listExample = typeof path.at(-1) === 'number' ? notesAt(fileSchema, path.slice(0, -1)).example : undefined
  const written = sourceMap.spot(path)?.written
  // What a variable holds may be a secret that stands in the wrong place: the file's own words are shown.
  const shown =
    typeof value === 'string' && written?.includes('${')
      ? `${JSON.stringify(written)} from the environment`
      : (holdsSecrets || isWhereRandomStands(path)) && typeof value === 'string'
        ? 'a text'
        : describe(value)
  const last = path.at(-1)
  // An entry of a list is like those of the list's own example.
  const [called, shownBy] =
    example === undefined && listExample !== undefined ? [path.at(-2), listExample] : [last, example]
  const likeThis =
    shownBy === undefined
      ? undefined
      : `For example: ${typeof called === 'string' ? `${flow(called)}: ` : ''}${flow(shownBy)}`
  const problem = (message: string, hint: string | undefined, key = false): Problem => ({
    severity: 'error',
    message,
    at: key ? sourceMap.key(path) : sourceMap.value(path),
    ...(hint === undefined ? {} : { hint }),
  })

  if (flaw.kind === 'unknown') {
    const known = keysAt(fileSchema, path.slice(0, -1))
    const owner = path.length === 1 ? 'The file' : showPath(path.slice(0, -1))
    return problem(
      `${owner} has no key ${JSON.stringify(last)}.`,
      elsewhere(path) ?? didYouMean(String(last), known, `Its keys are ${known.join(', ')}.`),
      true,
    )
  }
  if (value === undefined) {
    const owner = path.length === 1 ? 'The file' : showPath(path.slice(0, -1))
    return problem(`${owner} lacks the key ${JSON.stringify(last)}.`, likeThis, true)
  }
  if (flaw.kind === 'choice') {
    const near = typeof value === 'string' ? nearest(value, flaw.choices) : undefined
    return problem(
      `${showPath(path)} is ${shown}; it may be ${list(flaw.choices)}.`,
      near === undefined ? likeThis : `Did you mean ${near}?`,
    )
  }
  if (secret)
    return problem(
      `${showPath(path)} must be ${flaw.kind === 'type' ? list(flaw.expected.map(wanted)) : 'another text'}.`,
      'Put it in quotes.',
    )
  if (flaw.kind === 'key')
    return problem(`${showPath(path)}: the name ${JSON.stringify(last)} cannot be: ${flaw.rule}.`, undefined, true)
  if (flaw.kind === 'rule') return problem(`${showPath(path)} is ${shown}: ${flaw.rule}.`, likeThis)
  const quote = unquoted(flaw.expected, value, path, written)
  if (quote !== undefined) return problem(quote.message, quote.hint)
  return problem(
    `${showPath(path)} is ${shown}, and must be ${list(flaw.expected.map(wanted))}.`,
    bracesOf(value, flaw, path) ?? likeThis,
  )
}

/** `PASSWORD: hunter2` instead of a length: the schema knows numbers there, and people have their passwords. */
const isWhereRandomStands = ([section, , from, kind]: Path): boolean =>
  section === 'secrets' && from === 'from' && kind === 'random'

/** `1.30` without quotes is the number 1.3 to YAML: worth a sentence of its own. */
const unquoted = (
  expected: readonly string[],
  value: unknown,
  path: Path,
  written: string | undefined,
): { message: string; hint: string } | undefined => {
  if (!expected.includes('string') || (typeof value !== 'number' && typeof value !== 'boolean')) return undefined
  const text = written ?? String(value)
  // `timeout: 30` lacks a unit and not quotes.
  if (!takesText(fileSchema, path, text)) return undefined
  const kind = typeof value === 'number' ? 'the number' : 'the truth value'
  const last = path.at(-1)
  return {
    message: `${showPath(path)}: ${text} is not in quotes, and YAML reads it as ${kind} ${String(value)}.`,
    hint: `Quote it: ${typeof last === 'string' ? `${flow(last)}: ` : ''}${JSON.stringify(text)}`,
  }
}

/** `{env}` without quotes is a map to YAML. */
const bracesOf = (value: unknown, flaw: Flaw, path: Path): string | undefined => {
  if (flaw.kind !== 'type' || !flaw.expected.includes('string') || value === null || typeof value !== 'object')
    return undefined
  const keys = Object.entries(value)
  if (Array.isArray(value) || keys.length !== 1 || keys[0]?.[1] !== null) return undefined
  const last = path.at(-1)
  return `Quote it, braces begin a map in YAML: ${typeof last === 'string' ? `${flow(last)}: ` : ''}"{${keys[0][0]}}"`
}

const describe = (value: unknown): string => {
  if (value === null) return 'empty'
  if (typeof value === 'string')
    return value === ''
      ? 'an empty text'
      : `the text ${JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value)}`
  if (typeof value === 'number') return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? 'a list' : 'a map'
}

const wanted = (expected: string): string =>
  ({
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a map',
    record: 'a map',
    null: 'null',
  })[expected] ?? expected

const list = (words: readonly string[]): string => {
  const unique = [...new Set(words)]
  return unique.length < 2 ? unique.join('') : `${unique.slice(0, -1).join(', ')} or ${unique.at(-1)}`
}
