import type { FaultCase } from './cases.ts'

export type FaultResult = FaultCase & { readonly isGreen: boolean }

/** The table of what ran: a row a step and moment, a column a fault; in each cell `up` and `down` as what came next. */
export const tableOf = (results: readonly FaultResult[]): string => {
  const faults = [...new Set(results.map(({ fault }) => fault))]
  const rows = Map.groupBy(results, ({ step, moment }) => `${step} ${moment}`)
  const cell = (some: readonly FaultResult[], fault: string): string =>
    (['up', 'down'] as const)
      .map((next) => {
        const found = some.filter((one) => one.fault === fault && one.next === next)
        return found.length === 0 ? '-' : found.every(({ isGreen }) => isGreen) ? next : `${next} FAILED`
      })
      .join(', ')
  const lines = [
    ['step and moment', ...faults],
    ...[...rows].map(([row, some]) => [row, ...faults.map((fault) => cell(some, fault))]),
  ]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
