import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { fieldsAt, numberAt, textAt } from '../../core/fields.ts'
import { groupKind, groupOf } from '../../manifests/kinds/kind.ts'
import { labels } from '../../manifests/transform/step-label.ts'
import type { HeldReplicas } from '../../manifests/transform/replicas.ts'

const kinds = [
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
] as const

/**
 * How many replicas the objects have now whose number an autoscaler holds. A number that is applied would be taken back by
 * the autoscaler after a while, and until then pods are missing.
 */
export const heldReplicas = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<readonly HeldReplicas[]> => {
  const found = await Promise.all(
    (await autoscaled(kube, objects, namespace)).map(
      async ({ kind, name, ...rest }): Promise<readonly HeldReplicas[]> => {
        const replicas = numberAt(await kube.get({ kind, name, ...rest }), 'spec', 'replicas')
        return replicas === undefined ? [] : [{ kind, name, namespace: rest.namespace, replicas }]
      },
    ),
  )
  return found.flat()
}

/** Those of the objects whose number of replicas an autoscaler holds, one among them or one of the cluster. */
export const autoscaled = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
): Promise<readonly (Ref & { readonly namespace: string })[]> => {
  const within = (object: KubeObject): string => object.metadata.namespace ?? namespace
  const scalable = objects.filter((object) => numberAt(object, 'spec', 'replicas') !== undefined)
  if (scalable.length === 0) return []
  const own = objects.filter(isAutoscaler)
  const names = new Set(own.map((object) => `${groupKind(object)} ${within(object)}/${object.metadata.name}`))
  // One of the same step that is not rendered any more goes in a moment.
  const steps = new Set(objects.flatMap(({ metadata }) => metadata.labels?.[labels.step] ?? []))
  const isLeaving = (object: KubeObject): boolean =>
    steps.has(object.metadata.labels?.[labels.step] ?? '') &&
    !names.has(`${groupKind(object)} ${within(object)}/${object.metadata.name}`)
  const lists = [...new Set(scalable.map(within))].flatMap((place) =>
    kinds.map((kind) => kube.list({ ...kind, namespace: place })),
  )
  const live = (await Promise.all(lists)).flat().filter((object) => !isLeaving(object))
  const targets = new Set([...own, ...live].flatMap((object) => targetOf(object, within(object)) ?? []))
  return scalable
    .filter((object) => targets.has(keyOf(object.apiVersion, object.kind, within(object), object.metadata.name)))
    .map((object) => ({ ...refOf(object), namespace: within(object) }))
}

const isAutoscaler = (object: KubeObject): boolean =>
  kinds.some(({ apiVersion, kind }) => object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion))

const targetOf = (autoscaler: KubeObject, namespace: string): string | undefined => {
  const target = fieldsAt(autoscaler, 'spec', 'scaleTargetRef')
  const name = textAt(target, 'name')
  // KEDA leaves out what is a Deployment.
  const [apiVersion, kind] = [textAt(target, 'apiVersion') ?? 'apps/v1', textAt(target, 'kind') ?? 'Deployment']
  return name === undefined ? undefined : keyOf(apiVersion, kind, namespace, name)
}

const keyOf = (apiVersion: string, kind: string, namespace: string, name: string): string =>
  `${groupKind({ apiVersion, kind })} ${namespace}/${name}`
