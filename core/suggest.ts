/** The candidate that was most likely meant: few edits away, or beginning alike. Undefined when none is near. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const lower = word.toLowerCase()
  const [best] = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(lower, candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3)))
    .toSorted((a, b) => a.edits - b.edits)
  return (
    best?.candidate ?? candidates.find((candidate) => lower.length > 2 && candidate.toLowerCase().startsWith(lower))
  )
}

/** `Did you mean web?`, else what else can be said. */
export const didYouMean = (word: string, candidates: readonly string[], otherwise: string): string => {
  const near = nearest(word, candidates)
  return near === undefined ? otherwise : `Did you mean ${near}?`
}

/** The hint about a name that nothing has: which one may be meant, else which there are, else what is to be done where there is none. */
export const nameHint = (name: string, known: readonly string[], none: string): string =>
  didYouMean(name, known, known.length > 0 ? `There are: ${known.join(', ')}` : none)

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment distance). */
const editsBetween = (a: string, b: string): number => {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      row[j] = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) row[j] = Math.min(row[j] ?? 0, (beforeLast[j - 2] ?? 0) + 1)
    }
    beforeLast = last
    last = row
  }
  return last[b.length] ?? 0
}
