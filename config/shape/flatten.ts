import type { z } from 'zod'
import type { Path } from '../path.ts'

type Issue = z.core.$ZodIssue

/** One thing that is wrong in the shape of the file, with its path from the root. */
export type Flaw =
  | { readonly kind: 'type'; readonly path: Path; readonly expected: readonly string[] }
  | { readonly kind: 'unknown'; readonly path: Path }
  | { readonly kind: 'choice'; readonly path: Path; readonly choices: readonly string[] }
  | { readonly kind: 'key'; readonly path: Path; readonly rule: string }
  | { readonly kind: 'rule'; readonly path: Path; readonly rule: string }

/** zod's issues as flaws: for a choice of forms, those of the form that was meant. */
export const flatten = (issues: readonly Issue[], base: Path = []): readonly Flaw[] =>
  issues.flatMap((issue) => flawsOf(issue, base))

const flawsOf = (issue: Issue, base: Path): readonly Flaw[] => {
  const path: Path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))]
  switch (issue.code) {
    case 'invalid_type':
      return [{ kind: 'type', path, expected: [issue.expected] }]
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ kind: 'unknown', path: [...path, key] }))
    case 'invalid_value':
      return [{ kind: 'choice', path, choices: issue.values.map(String) }]
    case 'invalid_key':
      return flatten(issue.issues).map((flaw) => ({
        kind: 'key',
        path,
        rule: 'rule' in flaw ? flaw.rule : 'write a text',
      }))
    case 'invalid_union':
      return ofUnion(issue.errors, path)
    case 'too_big':
      return [{ kind: 'rule', path, rule: limit('at most', issue.maximum, issue.origin) }]
    case 'too_small':
      return [{ kind: 'rule', path, rule: limit('at least', issue.minimum, issue.origin) }]
    default:
      return [{ kind: 'rule', path, rule: issue.message }]
  }
}

const limit = (words: string, bound: number | bigint, origin: string): string => {
  if (words === 'at least' && bound === 1 && origin !== 'number' && origin !== 'int') return 'it must not be empty'
  const unit = origin === 'string' ? ' characters' : origin === 'array' ? ' items' : ''
  return `it must be ${words} ${bound}${unit}`
}

const ofUnion = (options: readonly (readonly Issue[])[], path: Path): readonly Flaw[] => {
  const isOtherForm = (issue: Issue): boolean =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value')
  const meant = options.filter((issues) => !issues.some(isOtherForm)).toSorted((a, b) => a.length - b.length)
  if (meant[0] !== undefined) return flatten(meant[0], path)
  const flaws = options.flatMap((issues) => flatten(issues, path))
  const choices = flaws.flatMap((flaw) => (flaw.kind === 'choice' ? flaw.choices : []))
  return choices.length > 0
    ? [{ kind: 'choice', path, choices }]
    : [
        {
          kind: 'type',
          path,
          expected: [...new Set(flaws.flatMap((flaw) => (flaw.kind === 'type' ? flaw.expected : [])))],
        },
      ]
}
