import type { Outcome, Result } from './try-case.ts'

const outcomes: readonly Outcome[] = ['same', 'differs', 'crashes', 'refused', 'taken', 'neither']
const kinds = ['chart', 'kustomization', 'manifest'] as const

export type Summary = {
  readonly cases: Readonly<Record<string, Readonly<Record<Outcome, number>>>>
  readonly objects: number
  /** What was changed on purpose: places in objects. */
  readonly onPurpose: Readonly<Record<string, number>>
  readonly slowest: readonly { readonly id: string; readonly kindupMs: number; readonly toolMs: number }[]
}

export const summaryOf = (results: readonly Result[]): Summary => {
  const onPurpose: Record<string, number> = {}
  for (const { onPurpose: own } of results)
    for (const [what, count] of Object.entries(own)) onPurpose[what] = (onPurpose[what] ?? 0) + count
  return {
    cases: Object.fromEntries(
      kinds.map((kind) => [kind, countsOf(results.filter((result) => result.kind === kind))] as const),
    ),
    objects: results.reduce((sum, { objects }) => sum + objects, 0),
    onPurpose,
    slowest: results
      .toSorted((a, b) => b.kindupMs - a.kindupMs)
      .slice(0, 5)
      .map(({ id, kindupMs, toolMs }) => ({ id, kindupMs, toolMs })),
  }
}

const countsOf = (results: readonly Result[]): Readonly<Record<Outcome, number>> => {
  const count = (wanted: Outcome): number => results.filter(({ outcome }) => outcome === wanted).length
  return {
    same: count('same'),
    differs: count('differs'),
    crashes: count('crashes'),
    refused: count('refused'),
    taken: count('taken'),
    neither: count('neither'),
  }
}

/** The counts as a table, and what was changed on purpose. */
export const summaryLines = ({ cases, objects, onPurpose, slowest }: Summary): readonly string[] => [
  ['', ...outcomes].map((word) => word.padEnd(14)).join(''),
  ...Object.entries(cases).map(([kind, counts]) =>
    [kind, ...outcomes.map((outcome) => String(counts[outcome]))].map((word) => word.padEnd(14)).join(''),
  ),
  `${objects} objects compared`,
  ...Object.entries(onPurpose)
    .toSorted(([, a], [, b]) => b - a)
    .map(([what, count]) => `${String(count).padStart(8)} × ${what}`),
  ...slowest.map(
    ({ id, kindupMs, toolMs }) => `${(kindupMs / 1000).toFixed(1)} s (the tool: ${(toolMs / 1000).toFixed(1)} s) ${id}`,
  ),
]
