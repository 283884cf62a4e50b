import type { Json, Obj } from '../object.ts'
import type { NodeWorld } from './world.ts'

type Taint = { readonly key: string; readonly value?: string; readonly effect: string }
type Toleration = { readonly key?: string; readonly operator?: string; readonly value?: string }

/** The nodes that take a pod of this spec: labels of its nodeSelector, taints that it tolerates. */
export const nodesFor = (world: Pick<NodeWorld, 'list'>, spec: Json): readonly Obj[] => {
  const selector = (spec['nodeSelector'] ?? {}) as Record<string, string>
  const tolerations = (spec['tolerations'] ?? []) as Toleration[]
  return world.list('v1', 'Node').filter((node) => {
    const taints = (node.spec?.['taints'] ?? []) as Taint[]
    return (
      Object.entries(selector).every(([key, value]) => node.metadata.labels?.[key] === value) &&
      taints.every((taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((one) => isFor(one, taint)))
    )
  })
}

const isFor = ({ key, operator, value = '' }: Toleration, taint: Taint): boolean =>
  operator === 'Exists' ? key === undefined || key === taint.key : key === taint.key && value === (taint.value ?? '')
