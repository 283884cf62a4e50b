type Line = { readonly sign: ' ' | '-' | '+'; readonly text: string; readonly old: number; readonly now: number }

/** How many lines are shown around a change. */
const context = 3

/**
 * Two texts as a unified difference, as `diff -u` and `patch` know it; empty where they are the same. Line ends are left
 * out of what is shown.
 */
export const unifiedDiff = (
  before: string,
  after: string,
  names: { readonly from: string; readonly to: string },
): string => {
  if (before === after) return ''
  const lines = compared(linesOf(before), linesOf(after))
  const hunks: Line[][] = []
  let shownTo = -1
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    const start = Math.max(index - context, 0)
    if (start > shownTo + 1 || hunks.length === 0) hunks.push([])
    hunks.at(-1)?.push(...lines.slice(Math.max(start, shownTo + 1), index + context + 1))
    shownTo = Math.min(index + context, lines.length - 1)
  }
  return [`--- ${names.from}`, `+++ ${names.to}`, ...hunks.flatMap(hunkLines)].join('\n')
}

const range = (start: number, length: number): string => `${length === 0 ? start - 1 : start},${length}`

const hunkLines = (lines: readonly Line[]): readonly string[] => {
  const count = (sign: Line['sign']): number => lines.filter((line) => line.sign !== sign).length
  const [first] = lines
  return [
    `@@ -${range(first?.old ?? 1, count('+'))} +${range(first?.now ?? 1, count('-'))} @@`,
    ...lines.flatMap(({ sign, text }) =>
      text.endsWith('\n') ? [sign + text.replace(/\r?\n$/, '')] : [sign + text, '\\ No newline at end of file'],
    ),
  ]
}

const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

/** The shortest way from one to the other, by what both have in common; what is the same at both ends costs nothing. */
const compared = (a: readonly string[], b: readonly string[]): readonly Line[] => {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [one, other] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  const common = Array.from({ length: one.length + 1 }, () => new Uint32Array(other.length + 1))
  for (let i = one.length - 1; i >= 0; i--)
    for (let j = other.length - 1; j >= 0; j--)
      common[i]![j] =
        one[i] === other[j] ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
  const lines: Line[] = []
  const push = (sign: Line['sign'], text: string): void => {
    const last = lines.at(-1)
    const old = last ? last.old + (last.sign === '+' ? 0 : 1) : 1
    lines.push({ sign, text, old, now: last ? last.now + (last.sign === '-' ? 0 : 1) : 1 })
  }
  for (const text of a.slice(0, start)) push(' ', text)
  let [i, j] = [0, 0]
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) {
      push(' ', one[i]!)
      i++
      j++
    } else if (i < one.length && (j >= other.length || common[i + 1]![j]! >= common[i]![j + 1]!)) push('-', one[i++]!)
    else push('+', other[j++]!)
  }
  for (const text of a.slice(a.length - end)) push(' ', text)
  return lines
}
