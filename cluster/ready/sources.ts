import { setTimeout as pause } from 'node:timers/promises'
import type { Kube, KubeObject, Query } from '../kube/kube.ts'
import { conditionOf } from './pod.ts'
import type { Source } from './merged.ts'
import { apiVersions, refOfTarget } from './targets.ts'
import type { Target } from './targets.ts'

/** The lists that tell all about the targets: their kinds in their namespaces, and the pods under them. */
export const queriesFor = (targets: readonly Target[]): readonly Query[] => {
  const wanted = new Map<string, Query>()
  const add = (kind: keyof typeof apiVersions, namespace: string): void => {
    wanted.set(`${namespace}/${kind}`, { apiVersion: apiVersions[kind], kind, ...(namespace !== '' && { namespace }) })
  }
  for (const { kind, namespace } of targets) {
    if (kind === 'CustomResourceDefinition') continue
    add(kind, namespace)
    if (kind !== 'APIService') add('Pod', namespace)
    if (kind === 'Deployment') add('ReplicaSet', namespace)
  }
  return [...wanted.values()]
}

/** The same as watches. CustomResourceDefinitions are big and established in a moment: those are asked one by one. */
export const sourcesFor = (kube: Kube, targets: readonly Target[]): readonly Source[] => [
  ...queriesFor(targets).map(
    (query): Source =>
      (signal) =>
        kube.watch(query, signal),
  ),
  ...targets
    .filter(({ kind }) => kind === 'CustomResourceDefinition')
    .map(
      (target): Source =>
        (signal) =>
          untilEstablished(kube, target, signal),
    ),
]

async function* untilEstablished(
  kube: Kube,
  target: Target,
  signal: AbortSignal,
): AsyncGenerator<readonly KubeObject[]> {
  while (!signal.aborted) {
    const definition = await kube.get(refOfTarget(target))
    yield definition ? [definition] : []
    if (definition && conditionOf(definition, 'Established')?.status === 'True') return
    await pause(200, undefined, { signal }).catch(() => undefined)
  }
}
