import { mapsAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'

const key = 'node-role.kubernetes.io/control-plane'

/**
 * A control plane takes pods only while it is alone: kind takes kubeadm's taint away from a single node. Gives it back, or
 * takes it away, after the number of nodes changed between one and more.
 */
export const taintPlanes = async (kube: Kube, nodes: readonly KubeObject[], isAlone: boolean): Promise<void> => {
  const planes = nodes.filter(({ metadata }) => metadata.labels?.[key] !== undefined)
  await Promise.all(
    planes.map(async ({ metadata: { name, resourceVersion }, spec }) => {
      const taints = mapsAt(spec, 'taints')
      const others = taints.filter((taint) => taint['key'] !== key || taint['effect'] !== 'NoSchedule')
      if (isAlone === (others.length === taints.length)) return
      const wanted = isAlone ? others : [...others, { key, effect: 'NoSchedule' }]
      await kube.mergePatch(
        { apiVersion: 'v1', kind: 'Node', name },
        { metadata: { resourceVersion }, spec: { taints: wanted } },
      )
    }),
  )
}
