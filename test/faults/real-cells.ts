import { faultMoments, faultSignals } from '../../core/fault.ts'
import type { FaultCase } from './cases.ts'
import type { EventName } from './events.ts'

/** One of each kind of step that needs no image from elsewhere. */
const realSteps = [
  'cluster/api',
  'cluster/nodes',
  'image/web',
  'crds',
  'secret/login',
  'addon/metrics-server',
  'service/widget',
  'hosts',
] as const

/** Every step × moment × fault × what comes next. A full disk would be everybody's, but on an engine of its own. */
export const realCells = (isOwnEngine: boolean): readonly FaultCase[] => {
  const events: readonly EventName[] = [
    'engine restart',
    'API gone',
    ...(isOwnEngine ? ['disk full' as const] : []),
    'clock jump',
  ]
  return realSteps.flatMap((step) =>
    faultMoments.flatMap((moment) =>
      [...faultSignals, ...events].flatMap((fault) =>
        (['up', 'down'] as const).map((next) => ({ step, moment, fault, next })),
      ),
    ),
  )
}

export const nameOf = ({ step, moment, fault, next }: FaultCase): string => `${step} ${moment} ${fault} ${next}`

/** So many of them from every part of the table: a stride that shares no factor with steps, moments, faults and commands comes by all. */
export const spread = (cells: readonly FaultCase[], count: number): readonly FaultCase[] =>
  Array.from({ length: Math.min(count, cells.length) }, (_, index) => cells[(index * 41 + 5) % cells.length]).flatMap(
    (one) => one ?? [],
  )

/** Whether the cluster is begun with this cell: its step is there before the others, and a cluster that is there already has it. */
export const begins = ({ step }: FaultCase): boolean => step.startsWith('cluster/')

/**
 * In an order that needs few clusters: one that is left by a cell of `cluster/*` serves those of the other steps that go on with `up`,
 * and ends with one that goes on with `down`.
 */
export const inOrder = (cells: readonly FaultCase[]): readonly FaultCase[] => {
  const begun = cells.filter((one) => begins(one) && one.next === 'up')
  const inPlace = cells.filter((one) => !begins(one) && one.next === 'up')
  const ending = cells.filter((one) => !begins(one) && one.next === 'down')
  const whole = cells.filter((one) => begins(one) && one.next === 'down')
  const clusters = Math.max(begun.length, ending.length, inPlace.length > 0 ? 1 : 0)
  const share = Math.ceil(inPlace.length / Math.max(1, clusters))
  return [
    ...Array.from({ length: clusters }, (_, index) => [
      ...begun.slice(index, index + 1),
      ...inPlace.slice(index * share, (index + 1) * share),
      ...ending.slice(index, index + 1),
    ]).flat(),
    ...whole,
  ]
}
