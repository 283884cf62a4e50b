import type { Kube, KubeObject } from '../cluster/kube/kube.ts'
import { readyNow } from '../cluster/ready/ready-now.ts'
import { numberAt } from '../core/fields.ts'

type Controllers = {
  /** `Argo CD` */
  readonly title: string
  readonly namespace: string
  /** The value of the label `app.kubernetes.io/part-of`. */
  readonly partOf: string
  /** Values of `app.kubernetes.io/component`: without these nothing is deployed. */
  readonly needed: readonly string[]
}

/** What is wrong with a GitOps controller itself, in words; undefined where it runs. */
export const controllersTrouble = async (
  kube: Kube,
  { title, namespace, partOf, needed }: Controllers,
): Promise<string | undefined> => {
  const labelSelector = `app.kubernetes.io/part-of=${partOf}`
  const lists = await Promise.all(
    ['StatefulSet', 'Deployment'].map((kind) => kube.list({ apiVersion: 'apps/v1', kind, namespace, labelSelector })),
  )
  const objects = lists.flat()
  if (objects.length === 0) return `nothing of ${title} runs in ${namespace}`
  const lacking = needed.find((one) => !objects.some((object) => componentOf(object) === one))
  if (lacking !== undefined) return `${title} has no ${lacking} in ${namespace}`
  const stopped = objects.find(
    (object) => needed.includes(componentOf(object)) && numberAt(object, 'spec', 'replicas') === 0,
  )
  if (stopped) return `${stopped.kind} ${namespace}/${stopped.metadata.name} is scaled to 0`
  const status = await readyNow(kube, { objects, namespace })
  return status.state === 'broken' ? `${title} itself is not well: ${status.why}` : undefined
}

const componentOf = ({ metadata }: KubeObject): string => metadata.labels?.['app.kubernetes.io/component'] ?? ''
