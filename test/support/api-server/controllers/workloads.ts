import { createHash } from 'node:crypto'
import type { Json, Obj } from '../object.ts'
import { isReady, podFrom } from './pods.ts'
import { nodesFor } from './nodes.ts'
import { isOwnedBy, owned } from './world.ts'
import type { Controller, World } from './world.ts'

const revisionKey = 'deployment.kubernetes.io/revision'

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 10)

const podsOf = (world: World, owner: Obj): Obj[] =>
  world.list('v1', 'Pod', owner.metadata.namespace).filter((pod) => isOwnedBy(pod, owner))

const wantedOf = ({ spec }: Obj): number => (spec?.['replicas'] as number | undefined) ?? 1

/** A ReplicaSet a template; the old one is scaled down once the new one is ready. */
export const deployments: Controller = (world) => {
  for (const deployment of world.list('apps/v1', 'Deployment')) {
    const { name, namespace, generation = 1 } = deployment.metadata
    const hash = hashOf(deployment.spec?.['template'])
    const sets = world.list('apps/v1', 'ReplicaSet', namespace).filter((set) => isOwnedBy(set, deployment))
    const current =
      sets.find((set) => set.metadata.name === `${name}-${hash}`) ?? makeSet(world, deployment, hash, sets.length + 1)
    const revision = current.metadata.annotations?.[revisionKey] ?? '1'
    if (deployment.metadata.annotations?.[revisionKey] !== revision)
      world.update({
        ...deployment,
        metadata: {
          ...deployment.metadata,
          annotations: { ...deployment.metadata.annotations, [revisionKey]: revision },
        },
      })
    const wanted = wantedOf(deployment)
    if (wantedOf(current) !== wanted) world.update({ ...current, spec: { ...current.spec, replicas: wanted } })
    const mine = podsOf(world, current)
    const ready = mine.filter(isReady).length
    const old = sets.filter((set) => set !== current)
    if (ready >= wanted)
      for (const set of old) if (wantedOf(set) > 0) world.update({ ...set, spec: { ...set.spec, replicas: 0 } })
    const all = [...mine, ...old.flatMap((set) => podsOf(world, set))]
    world.setStatus(deployment, {
      observedGeneration: generation,
      ...counts(all.length, mine.length, all.filter(isReady).length),
      conditions: [{ type: 'Available', status: ready >= wanted ? 'True' : 'False' }],
    })
  }
}

const counts = (replicas: number, updatedReplicas: number, ready: number): Json =>
  Object.fromEntries(
    Object.entries({ replicas, updatedReplicas, readyReplicas: ready, availableReplicas: ready }).filter(
      ([, count]) => count > 0,
    ),
  )

const makeSet = (world: World, deployment: Obj, hash: string, revision: number): Obj => {
  const { name, namespace = 'default' } = deployment.metadata
  const template = deployment.spec?.['template'] as { metadata?: { labels?: Json } }
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash } as Record<string, string>
  return world.create({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: { [revisionKey]: String(revision) },
      ownerReferences: owned(deployment) ?? [],
    },
    spec: {
      replicas: wantedOf(deployment),
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  })
}

export const replicaSets: Controller = (world) => {
  for (const set of world.list('apps/v1', 'ReplicaSet')) {
    const pods = podsOf(world, set)
    const wanted = wantedOf(set)
    for (let made = pods.length; made < wanted; made += 1) world.create(podFrom(set))
    for (const pod of pods.slice(wanted)) world.remove(pod)
    const ready = pods.filter(isReady).length
    world.setStatus(set, { observedGeneration: set.metadata.generation, replicas: pods.length, readyReplicas: ready })
  }
}

/** Pods by number; those of an older revision make way at once. */
export const statefulSets: Controller = (world) => {
  for (const set of world.list('apps/v1', 'StatefulSet')) {
    const revision = `${set.metadata.name}-${hashOf(set.spec?.['template'])}`
    const label = { 'controller-revision-hash': revision }
    const pods = podsOf(world, set)
    const wanted = wantedOf(set)
    const isNew = (pod: Obj): boolean => pod.metadata.labels?.['controller-revision-hash'] === revision
    for (const pod of pods) if (!isNew(pod)) world.remove(pod)
    for (let number = 0; number < wanted; number += 1) {
      const name = `${set.metadata.name}-${number}`
      if (!pods.some((pod) => pod.metadata.name === name)) world.create(podFrom(set, { name, labels: label }))
    }
    const mine = pods.filter(isNew)
    const ready = mine.filter(isReady).length
    world.setStatus(set, {
      observedGeneration: set.metadata.generation,
      ...counts(pods.length, mine.length, ready),
      updateRevision: revision,
      currentRevision: mine.length >= wanted ? revision : (set.status?.['currentRevision'] ?? revision),
    })
  }
}

export const daemonSets: Controller = (world) => {
  for (const set of world.list('apps/v1', 'DaemonSet')) {
    const generation = String(set.metadata.generation ?? 1)
    const template = set.spec?.['template'] as { spec?: Json } | undefined
    const nodes = nodesFor(world, template?.spec ?? {})
    const pods = podsOf(world, set)
    const isNew = (pod: Obj): boolean => pod.metadata.labels?.['pod-template-generation'] === generation
    for (const pod of pods) if (!isNew(pod)) world.remove(pod)
    const mine = pods.filter(isNew)
    for (const node of nodes)
      if (!mine.some((pod) => pod.spec?.['nodeName'] === node.metadata.name))
        world.create(podFrom(set, { labels: { 'pod-template-generation': generation }, node: node.metadata.name }))
    const ready = mine.filter(isReady).length
    world.setStatus(set, {
      observedGeneration: set.metadata.generation,
      desiredNumberScheduled: nodes.length,
      currentNumberScheduled: mine.length,
      updatedNumberScheduled: mine.length,
      numberReady: ready,
      numberAvailable: ready,
      numberMisscheduled: 0,
    })
  }
}
