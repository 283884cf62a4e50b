import type { Kube } from '../../cluster/kube/kube.ts'
import { readyNow } from '../../cluster/ready/ready-now.ts'
import { numberAt } from '../../core/fields.ts'

/** What is wrong with Argo CD itself, in words; undefined where it runs. */
export const controllersTrouble = async (kube: Kube, namespace: string): Promise<string | undefined> => {
  const labelSelector = 'app.kubernetes.io/part-of=argocd'
  const lists = await Promise.all(
    ['StatefulSet', 'Deployment'].map((kind) => kube.list({ apiVersion: 'apps/v1', kind, namespace, labelSelector })),
  )
  const objects = lists.flat()
  if (objects.length === 0) return `nothing of Argo CD runs in ${namespace}`
  const controller = objects.find(
    ({ metadata: { labels } }) => labels?.['app.kubernetes.io/component'] === 'application-controller',
  )
  if (controller && numberAt(controller, 'spec', 'replicas') === 0)
    return `${controller.kind} ${namespace}/${controller.metadata.name} is scaled to 0`
  const status = await readyNow(kube, { objects, namespace })
  return status.state === 'broken' ? `Argo CD itself is not well: ${status.why}` : undefined
}
