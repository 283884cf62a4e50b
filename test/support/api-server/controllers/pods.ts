import type { Json, Obj } from '../object.ts'
import { now } from '../object.ts'
import { nodesFor } from './nodes.ts'
import { condition, hasCondition, owned } from './world.ts'
import type { Behaviour, NodeWorld } from './world.ts'

/** A pod as the controller of `owner` makes it. */
export const podFrom = (
  owner: Obj,
  { name, labels, node }: { name?: string; labels?: Record<string, string>; node?: string } = {},
): Obj => {
  const template = owner.spec?.['template'] as { metadata?: { labels?: Record<string, string> }; spec?: Json }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...template.metadata,
      ...(name === undefined ? { generateName: `${owner.metadata.name}-` } : { name }),
      namespace: owner.metadata.namespace ?? 'default',
      labels: { ...template.metadata?.labels, ...labels },
      ownerReferences: owned(owner) ?? [],
    } as Obj['metadata'],
    spec: { ...template.spec, ...(node !== undefined && { nodeName: node }) },
  }
}

export const isReady = (pod: Obj): boolean => hasCondition(pod, 'Ready')

/** Each pod gets on by one stage a turn: scheduled, being made, running. */
export const pods = (world: NodeWorld): void => {
  for (const pod of world.list('v1', 'Pod')) {
    if (pod.metadata.deletionTimestamp !== undefined) world.gone(pod)
    else if (pod.spec?.['nodeName'] === undefined) schedule(world, pod)
    else if (pod.status?.['containerStatuses'] === undefined) world.setStatus(pod, beingMade(pod))
    else if (!isSettled(pod, behaviourOf(world, pod))) world.setStatus(pod, statusFor(world, pod))
  }
}

const schedule = (world: NodeWorld, pod: Obj): void => {
  const node = nodesFor(world, pod.spec ?? {})[0]
  const all = world.list('v1', 'Node').length
  if (node) world.bind(pod, node.metadata.name)
  else {
    const message = `0/${all} nodes are available: ${all} node(s) didn't match Pod's node affinity/selector.`
    world.setStatus(pod, { phase: 'Pending', conditions: [condition('PodScheduled', false, 'Unschedulable', message)] })
  }
}

/** The behaviour told for the pod's workload: a ReplicaSet's is that of its Deployment. */
const behaviourOf = (world: NodeWorld, pod: Obj): Behaviour => {
  const owner = pod.metadata.ownerReferences?.[0]
  const set =
    owner?.kind === 'ReplicaSet'
      ? world.list('apps/v1', 'ReplicaSet', pod.metadata.namespace).find(({ metadata }) => metadata.name === owner.name)
      : undefined
  return world.behaviour(set?.metadata.ownerReferences?.[0]?.name ?? owner?.name ?? pod.metadata.name)
}

const crashLimit = 7

const restartsOf = (pod: Obj): number => {
  const [first] = (pod.status?.['containerStatuses'] ?? []) as { restartCount?: number }[]
  return first?.restartCount ?? 0
}

/** Whether nothing becomes of it any more. A pod that crashes goes on until its seventh restart. */
const isSettled = (pod: Obj, behaviour: Behaviour): boolean => {
  const { phase } = (pod.status ?? {}) as { phase?: string }
  if (phase === 'Succeeded' || phase === 'Failed') return true
  if (behaviour === 'crashes') return restartsOf(pod) >= crashLimit
  return conditionsOf(pod).some(({ type, reason }) => type === behaves && reason === reasonOf(behaviour))
}

const conditionsOf = (pod: Obj): Json[] => (pod.status?.['conditions'] ?? []) as Json[]

/** A condition that notes what a status was made for, so that a change of behaviour is seen. */
const behaves = 'test.kindup.dev/Behaves'

const reasonOf = (behaviour: Behaviour): string =>
  behaviour.replaceAll(/(?:^|-)(\w)/g, (_all, first: string) => first.toUpperCase())

/** For a pod that a test puts as it is: nothing becomes of it any more. */
export const settled: Json = condition(behaves, true, reasonOf('ready'))

const containersOf = (pod: Obj): { name: string; image: string }[] =>
  (pod.spec?.['containers'] ?? []) as { name: string; image: string }[]

const beingMade = (pod: Obj): Json => ({
  phase: 'Pending',
  conditions: [condition('PodScheduled', true), condition('Ready', false, 'ContainersNotReady')],
  containerStatuses: containersOf(pod).map(({ name, image }) => ({
    name,
    image,
    ready: false,
    restartCount: 0,
    state: { waiting: { reason: 'ContainerCreating' } },
  })),
})

const ends = (pod: Obj): boolean => ['Never', 'OnFailure'].includes(pod.spec?.['restartPolicy'] as string)

const statusFor = (world: NodeWorld, pod: Obj): Json => {
  const behaviour = behaviourOf(world, pod)
  const ready = behaviour === 'ready' && !ends(pod)
  const phase =
    ends(pod) && behaviour === 'ready' ? 'Succeeded' : ends(pod) && behaviour === 'fails' ? 'Failed' : undefined
  const isMade = ['ready', 'slow', 'crashes', 'fails'].includes(behaviour)
  return {
    phase: phase ?? (isMade ? 'Running' : 'Pending'),
    conditions: [
      condition('PodScheduled', true),
      condition('Ready', ready, ready ? '' : 'ContainersNotReady'),
      condition(behaves, true, reasonOf(behaviour)),
    ],
    containerStatuses: containersOf(pod).map(({ name, image }) => ({
      name,
      image,
      ready,
      ...containerState(behaviour, image, phase, restartsOf(pod)),
    })),
  }
}

const ended = (exitCode: number): Json => ({
  terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: now() },
})
const waiting = (reason: string, message: string): Json => ({
  restartCount: 0,
  state: { waiting: { reason, message } },
})

const containerState = (behaviour: Behaviour, image: string, phase: string | undefined, restarts: number): Json => {
  if (phase !== undefined) return { restartCount: 0, state: ended(phase === 'Succeeded' ? 0 : 1) }
  switch (behaviour) {
    case 'crashes':
    case 'fails':
      return {
        restartCount: restarts + 1,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } },
        lastState: ended(1),
      }
    case 'image-missing':
      return waiting('ErrImagePull', `failed to pull and unpack image "${image}": ${image}: not found`)
    case 'registry-away':
      return waiting('ErrImagePull', `failed to do request: Head "https://${image}": dial tcp: i/o timeout`)
    case 'config-missing':
      return waiting('CreateContainerConfigError', 'secret "missing" not found')
    default:
      return { restartCount: 0, state: { running: { startedAt: now() } } }
  }
}
