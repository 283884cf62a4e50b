import { timeOf } from './event-time.ts'
import { containerTrouble, missingQuietMs } from './container-trouble.ts'
import type { Trouble } from './trouble.ts'
import type { CheckDependencies } from './container-trouble.ts'
import { fromBefore, type NodeStarts } from './node-starts.ts'
import type { FirstSeen } from './first-seen.ts'
import { conditionOf } from './pod.ts'
import type { ContainerStatus, Pod, PodEvent } from '../kube/models.ts'
import { endedBy, probeTrouble } from './probe-trouble.ts'
import { shortened } from './shortened.ts'

/** A container that restarted this recently has not shown that it stays. */
const settledMs = 5_000
/** Whoever ran this long had its end told by now. */
const oldMs = 30_000

/**
 * Why a pod is not ready, in one place for waits, status and errors; undefined when it is ready, or done.
 * `events` (of any objects) tell more about pods that are being made; `now` in milliseconds decides what "recently" is.
 * `proveMs`: how long a container that no probe looks at must have run: Kubernetes calls it ready before its first line of code.
 * `firstSeen`: since when whoever looks again and again knows of a start. `engine`: the program that hints name. `starts`: since when nodes run; what was said of their pods before is no news.
 */
export const podTrouble = (
  pod: Pod,
  events: readonly PodEvent[] = [],
  {
    now = Date.now(),
    proveMs = 0,
    engine = 'docker',
    starts,
    firstSeen,
  }: {
    readonly now?: number
    readonly proveMs?: number
    readonly engine?: string
    readonly starts?: NodeStarts
    readonly firstSeen?: FirstSeen
  } = {},
): Trouble | undefined => {
  const { status = {}, metadata } = pod
  if (status.phase === 'Succeeded') return undefined
  if (metadata.deletionTimestamp !== undefined) return { line: 'stopping' }
  if (status.phase === 'Failed') return failed(pod)
  const stale = fromBefore(pod, starts)
  if (stale !== undefined) return { line: stale }
  const unscheduled = conditionOf(pod, 'PodScheduled')
  if (unscheduled?.status === 'False') return unscheduledTrouble(unscheduled.message ?? '')

  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const own = eventsOf(pod, events)
  const troubles = statuses.flatMap((one) => containerTrouble(one, dependencies(pod, one, own, engine)) ?? [])
  const worst = troubles.toSorted((a, b) => (a.hopelessAfterMs ?? Infinity) - (b.hopelessAfterMs ?? Infinity))[0]
  if (worst) return worst

  if (conditionOf(pod, 'Ready')?.status !== 'True') return becoming(pod, statuses, own)
  const ageOf = (one: ContainerStatus): number => {
    const age = ageBy(one, now)
    return firstSeen && age < oldMs ? Math.min(age, now - firstSeen(pod, one, now)) : age
  }
  const restarted = statuses.find((one) => (one.restartCount ?? 0) > 0 && ageOf(one) < settledMs)
  if (restarted)
    return { line: `container ${restarted.name} restarted a moment ago${afterWhat(restarted)}`, log: restarted.name }
  // A pod that is meant to end proves nothing by running.
  if ((pod.spec?.restartPolicy ?? 'Always') !== 'Always') return undefined
  const unproven = statuses.find((one) => !hasProbe(pod, one.name) && ageOf(one) < proveMs)
  return unproven && { line: `container ${unproven.name} started a moment ago, and has no readiness probe` }
}

const afterWhat = ({ lastState, restartCount }: ContainerStatus): string => {
  const code = lastState?.terminated?.exitCode
  const why = code === undefined ? '' : `exit code ${code}, `
  return ` (${why}${restartCount} ${restartCount === 1 ? 'restart' : 'restarts'})`
}

const failed = ({ status }: Pod): Trouble => {
  const ended = status?.containerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)
  const code = ended?.state?.terminated?.exitCode
  const why = [status?.reason, status?.message, code === undefined ? undefined : `exit code ${code}`]
  return {
    ...(status?.reason === 'Evicted' && { hints: evictedHints(status.message ?? '') }),
    ...(status?.reason === 'SysctlForbidden' && {
      hints: ['Take it out of `securityContext.sysctls`, or allow it: `allowedUnsafeSysctls` of the kubelets.'],
    }),
    line: `failed: ${why.filter((part) => part !== undefined && part !== '').join(', ') || 'no reason given'}`,
    hopelessAfterMs: 0,
    ...(ended && { log: ended.name }),
  }
}

const evictedHints = (message: string): readonly string[] =>
  /memory/.test(message)
    ? ['Give the container engine more memory, or let the pods ask for less.']
    : ['Free room on the disk of the engine: docker system prune   # removes what is not used']

/** A claim that is not there may still be made by another part of the release. */
const unscheduledTrouble = (message: string): Trouble => {
  const line = `no node takes it: ${schedulerReason(message)}`
  return /persistentvolumeclaim "[^"]*" not found/.test(message)
    ? {
        line,
        hopelessAfterMs: missingQuietMs,
        hints: ['Is the claim among the objects, under the name that the pod asks for?'],
      }
    : { line, unscheduled: true, ...schedulingHints(message) }
}

/** What the scheduler says of nodes, and what changes it. */
export const schedulingSigns: readonly (readonly [sign: RegExp, hint: string])[] = [
  [
    /untolerated taint|had taint/,
    'Give the pods a toleration of the taint, or take it off the node: kubectl describe nodes',
  ],
  [/unschedulable/, 'A node is cordoned: kubectl uncordon NODE'],
  [/disk-pressure/, 'The disk is full: docker system prune   # removes what is not used'],
  [
    /didn't match Pod's node affinity\/selector/,
    'Give a node of the file the labels that it asks for, or change its `placement`.',
  ],
  [
    /Insufficient (?:cpu|memory|ephemeral-storage)/,
    'Let it ask for less in `resources.requests`, or give the container engine more.',
  ],
  [/Insufficient (?!cpu|memory|ephemeral)\S+/, 'The nodes of kind have no such resource: leave it out of `resources`.'],
  [/didn't have free ports/, 'Another pod has its `hostPort` on every node: one of them has to go, or take another.'],
  [
    /anti-affinity/,
    'Its anti-affinity wants more nodes than there are: fewer replicas, more workers, or `preferred…`.',
  ],
  [/pod affinity/, 'No pod is there that its affinity wants to be with.'],
  [/topology spread/, 'Its `topologySpreadConstraints` want more nodes: `whenUnsatisfiable: ScheduleAnyway`.'],
  [/Too many pods/, 'A node takes 110 pods: add a worker.'],
  [
    /volume node affinity conflict/,
    'Its volume is a folder of another node: let it run there, or delete its PersistentVolumeClaim, with what it holds.',
  ],
]

const schedulingHints = (message: string): Pick<Trouble, 'hints'> => {
  const hints = schedulingSigns.flatMap(([sign, hint]) => (sign.test(message) ? [hint] : []))
  return hints.length > 0 ? { hints } : {}
}

/** How far a pod is that nothing is wrong with. */
const becoming = (pod: Pod, statuses: readonly ContainerStatus[], events: readonly PodEvent[]): Trouble => {
  const last = events.at(-1)
  const isMade = statuses.some(({ state }) => state?.waiting !== undefined)
  if (isMade || statuses.length === 0) {
    if (last?.reason === 'Pulling') return { line: 'pulling image' }
    if (last?.reason === 'FailedScheduling') return { line: `no node takes it: ${schedulerReason(last.message ?? '')}` }
    if (last?.reason?.startsWith('Failed')) return notMade(last)
    const inits = pod.status?.initContainerStatuses ?? []
    const atWork = inits.find(({ state, ready }) => state?.running !== undefined && !ready)
    return { line: atWork ? `init container ${atWork.name} is at work` : 'starting' }
  }
  return probeTrouble(pod, statuses, events) ?? { line: 'running, not ready yet' }
}

/** A volume of a ConfigMap or Secret that is not there keeps the pod from being made, and the kubelet tries for ever. */
const notMade = ({ message = '', reason = '' }: PodEvent): Trouble => {
  const line = shortened(message === '' ? reason : message)
  const [, path, kind] = /hostPath type check failed: (\S+) is not a (\S+)/.exec(line) ?? []
  if (path !== undefined)
    return {
      line: `its hostPath ${path} is not a ${kind} of the node`,
      hopelessAfterMs: missingQuietMs,
      hints: [
        'A path of this machine has to be mounted into the node: `mounts` of the node in the file. `DirectoryOrCreate` makes an empty one.',
      ],
    }
  if (reason === 'FailedCreatePodSandBox')
    return {
      line: `its network or sandbox cannot be made: ${line}`,
      hints: [
        'kubectl --namespace kube-system get pods   # does the network plugin run?',
        'Of one time alone it is a busy machine: the kubelet tries again.',
      ],
    }
  return reason === 'FailedMount' && /(?:configmap|secret) "[^"]*" not found|references non-existent/i.test(message)
    ? {
        line,
        hopelessAfterMs: missingQuietMs,
        hints: ['Put it among the objects, or under `secrets:`; or say `optional: true` where the volume names it.'],
      }
    : { line }
}

const eventsOf = (pod: Pod, events: readonly PodEvent[]): readonly PodEvent[] =>
  events
    .filter(({ involvedObject }) => involvedObject?.uid !== undefined && involvedObject.uid === pod.metadata.uid)
    .toSorted((a, b) => timeOf(a) - timeOf(b))

/** Milliseconds since a container started; Infinity when it does not run, or when the clock over there is another. */
const ageBy = ({ state }: ContainerStatus, now: number): number => {
  const age = now - Date.parse(state?.running?.startedAt ?? '')
  return age > -settledMs ? age : Infinity
}

const hasProbe = (pod: Pod, name: string): boolean =>
  pod.spec?.containers?.some((one) => one.name === name && (one.readinessProbe ?? one.startupProbe) !== undefined) ??
  false

/** Without what the scheduler says about driving other pods away. */
const schedulerReason = (message: string): string =>
  shortened(message.replace(/\.? (no new claims|preemption:).*$/s, ''))

const dependencies = (
  pod: Pod,
  status: ContainerStatus,
  events: readonly PodEvent[],
  engine: string,
): CheckDependencies => {
  const { containers = [], initContainers = [] } = pod.spec ?? {}
  const isInit = initContainers.some(({ name }) => name === status.name)
  const written = [...containers, ...initContainers].find(({ name }) => name === status.name)
  const limit = written?.resources?.limits?.['memory']
  const killedFor = endedBy(status, events)
  const hook = events.findLast(({ reason }) => reason === 'FailedPostStartHook')
  return {
    image: written?.image ?? status.image ?? status.name,
    name: `${isInit ? 'init container' : 'container'} ${status.name}`,
    ...(limit !== undefined && { limit }),
    ...(written?.imagePullPolicy === 'Always' && { isAlwaysPulled: true }),
    ...(killedFor !== undefined && { killedFor }),
    ...(hook && { hook: shortened(hook.message ?? '').replace(/^PostStartHook failed$/, '') }),
    engine,
  }
}
