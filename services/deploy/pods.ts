import type { NamedNode } from '../../cluster/nodes/may-run.ts'
import { nodesThatMayRun, nodesWith } from '../../cluster/nodes/may-run.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { selectorAt, selects } from '../../cluster/ready/selector.ts'
import { textAt } from '../../core/fields.ts'
import type { Labels } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { containersOf, placementOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'

/**
 * For every image that the objects run: the node containers where their pods may run. `named` are those that they name:
 * where the pods go that a controller makes of a custom resource, nobody knows, so that these go wherever pods go.
 */
export const imageNodes = (
  objects: readonly KubeObject[],
  nodes: readonly NamedNode[],
  named: readonly string[] = [],
): ReadonlyMap<string, readonly string[]> => {
  const found = new Map<string, Set<string>>()
  for (const object of objects) {
    const template = podTemplateOf(object)
    if (!template) continue
    const placement = placementOf(template)
    for (const { image } of containersOf(template)) {
      if (image === undefined || image === '') continue
      const containers = found.get(image) ?? new Set()
      for (const { container } of nodesThatMayRun(placement, nodes)) containers.add(container)
      found.set(image, containers)
    }
  }
  for (const image of named)
    if (!found.has(image)) found.set(image, new Set(nodesThatMayRun({}, nodes).map(({ container }) => container)))
  return new Map([...found].map(([image, containers]) => [image, [...containers]]))
}

/** Groups images that go to the same nodes, so that each group travels once. */
export const shipments = (
  images: ReadonlyMap<string, readonly string[]>,
): readonly { readonly images: readonly string[]; readonly containers: readonly string[] }[] => {
  const groups = new Map<string, { images: string[]; containers: readonly string[] }>()
  for (const [image, containers] of images) {
    if (containers.length === 0) continue
    const key = containers.toSorted().join(' ')
    const group = groups.get(key) ?? { images: [], containers }
    group.images.push(image)
    groups.set(key, group)
  }
  return [...groups.values()]
}

/** Throws `misplaced` when a pod of these workloads runs on a node that the placement does not mean. */
export const verifyPlacement = async (
  kube: Kube,
  objects: readonly KubeObject[],
  placement: Labels,
  nodes: readonly NamedNode[],
  namespace: string,
): Promise<void> => {
  const allowed = nodesWith(placement, nodes).map(({ container }) => container)
  const wrong = (await podsOf(kube, objects, namespace)).flatMap((pod) => {
    const nodeName = textAt(pod, 'spec', 'nodeName')
    return nodeName === undefined || allowed.includes(nodeName) ? [] : [`${pod.metadata.name} runs on ${nodeName}`]
  })
  if (wrong.length === 0) return
  const labels = Object.entries(placement).map(([key, value]) => `${key}=${value}`)
  throw new EnvironmentError(
    'misplaced',
    `Pods run elsewhere than on the nodes labelled ${labels.join(', ')} (${allowed.join(', ')}): ${wrong.join('; ')}.`,
    { hints: ['What made these pods has not taken the node selector over: see its values or its controller.'] },
  )
}

/** The pods of these workloads that are not on their way out. */
export const podsOf = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<readonly KubeObject[]> => {
  const wanted = objects.flatMap((object) => {
    const selector = selectorAt(object, 'spec', 'selector')
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(object.kind) || !selector) return []
    return [{ selector, namespace: object.metadata.namespace ?? namespace }]
  })
  const namespaces = [...new Set(wanted.map((one) => one.namespace))]
  const lists = await Promise.all(namespaces.map((one) => kube.list({ apiVersion: 'v1', kind: 'Pod', namespace: one })))
  return lists
    .flat()
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .filter((pod) =>
      wanted.some(
        (one) => one.namespace === pod.metadata.namespace && selects(one.selector, pod.metadata.labels ?? {}),
      ),
    )
}
