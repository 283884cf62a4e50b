import { mapsAt, textAt, textListAt, textsAt, valueAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Labels } from '../../config/config.ts'

/** As workloads and affinities write it. */
export type Selector = {
  readonly matchLabels?: Labels
  readonly matchExpressions?: readonly Requirement[]
}

export type Requirement = { readonly key: string; readonly operator: string; readonly values?: readonly string[] }

/** The selector at a path of an object; undefined where none is written. */
export const selectorAt = (value: unknown, ...path: readonly string[]): Selector | undefined => {
  const selector = valueAt(value, ...path)
  if (!isRecord(selector)) return undefined
  return {
    matchLabels: textsAt(selector, 'matchLabels'),
    matchExpressions: mapsAt(selector, 'matchExpressions').map((one) => ({
      key: textAt(one, 'key') ?? '',
      operator: textAt(one, 'operator') ?? '',
      values: textListAt(one, 'values'),
    })),
  }
}

/** Whether labels fit a selector. An absent selector fits nothing, as for workloads. */
export const selects = (selector: Selector | undefined, labels: Labels): boolean =>
  selector !== undefined &&
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
  (selector.matchExpressions ?? []).every((requirement) => meets(requirement, labels))

/** Whether labels meet one requirement; `Gt` and `Lt` are those of node affinity. */
export const meets = ({ key, operator, values = [] }: Requirement, labels: Labels): boolean => {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0])
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0])
    default:
      return true
  }
}
