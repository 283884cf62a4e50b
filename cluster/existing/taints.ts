import type { Taint } from '../../config/config.ts'
import { mapsAt, textAt } from '../../core/fields.ts'

/** The taints of a node's spec, those that Kubernetes sets for a while left out. */
export const taintsIn = (spec: unknown): readonly Taint[] =>
  mapsAt(spec, 'taints').flatMap((taint) => {
    const [key, effect] = [textAt(taint, 'key'), textAt(taint, 'effect')]
    if (key === undefined || key.startsWith('node.kubernetes.io/')) return []
    if (effect !== 'NoSchedule' && effect !== 'PreferNoSchedule' && effect !== 'NoExecute') return []
    return [{ key, value: textAt(taint, 'value') ?? '', effect }]
  })
