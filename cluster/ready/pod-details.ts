import { EnvironmentError } from '../../core/errors.ts'
import { ApiRefusal } from '../kube/api-refusal.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import type { Pod } from '../kube/models.ts'
import type { PodEvent } from '../kube/models.ts'
import type { Assessed } from './release.ts'
import type { TroubledPod } from './readiness.ts'
import type { Target } from './targets.ts'

/** What is asked only about pods in trouble, and not more often than useful. */
export type PodDetails = {
  /** Events of the namespaces in which something is not ready. */
  events(assessed: readonly Assessed[]): Promise<readonly PodEvent[]>
  nodes(): Promise<readonly KubeObject[]>
  /** Throws `api-unreachable` where the API does not answer now. */
  reach(): Promise<void>
  /** The last ten lines of the log that tells about a trouble; of an earlier pod of the target when there is none now. */
  log(target: Target, troubled: TroubledPod | undefined): Promise<string>
  /** The last ten lines that a container says now. */
  lines(pod: Pod, container: string): Promise<string>
  /** The last ten lines that the first container says that runs and is not ready; empty when there is none. */
  silent(assessed: readonly Assessed[]): Promise<string>
}

const freshMs = 2_000
const logLines = 10

/** Answers are kept for two seconds; logs of what has ended until the container's next restart. */
export const makePodDetails = (kube: Kube): PodDetails => {
  const fresh = new Map<string, { readonly at: number; readonly objects: Promise<readonly KubeObject[]> }>()
  const logs = new Map<string, Promise<string>>()
  // A Job that fails takes its pods with it: what they said before is kept.
  const heard = new Map<Target, string>()
  const list = (kind: string, namespace?: string): Promise<readonly KubeObject[]> => {
    const key = `${kind}/${namespace ?? ''}`
    const known = fresh.get(key)
    if (known && performance.now() - known.at < freshMs) return known.objects
    const objects = unlessAway(kube.list({ apiVersion: 'v1', kind, ...(namespace !== undefined && { namespace }) }), [])
    fresh.set(key, { at: performance.now(), objects })
    return objects
  }
  return {
    async events(assessed) {
      const waiting = assessed.filter(({ target, readiness }) => readiness.is === 'waiting' && target.namespace !== '')
      const namespaces = new Set(waiting.map(({ target }) => target.namespace))
      return (await Promise.all([...namespaces].map((namespace) => list('Event', namespace)))).flat()
    },
    async silent(assessed) {
      const pods = assessed.flatMap(({ readiness }) => (readiness.is === 'waiting' ? readiness.pods : []))
      for (const { pod } of pods) {
        const { namespace = 'default', name } = pod.metadata
        const waiting = pod.status?.containerStatuses?.find(({ state, ready }) => state?.running && !ready)
        if (waiting) return readLog(kube, { namespace, name, container: waiting.name })
      }
      return ''
    },
    nodes: () => list('Node'),
    reach: async () => void (await kube.version()),
    lines: (pod, container) => {
      const { namespace = 'default', name } = pod.metadata
      return unlessAway(readLog(kube, { namespace, name, container }), '')
    },
    async log(target, troubled) {
      const container = troubled?.trouble.log
      if (!troubled || container === undefined) return heard.get(target) ?? ''
      const { pod } = troubled
      const { namespace = 'default', name, uid } = pod.metadata
      const status = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].find(
        (one) => one.name === container,
      )
      const state = Object.keys(status?.state ?? {})[0]
      // What runs says more while it runs.
      const age = state === 'running' ? Math.floor(performance.now() / freshMs) : ''
      const key = [uid, container, status?.restartCount, state, age].join(' ')
      const known = logs.get(key) ?? readLog(kube, { namespace, name, container })
      logs.set(key, known)
      const text = await unlessAway(known, '')
      if (text !== '') heard.set(target, text)
      return text === '' ? (heard.get(target) ?? '') : text
    },
  }
}

/** An API that restarts must not end a wait for more detail: the watches under it decide how long that may take. */
const unlessAway = <T>(asked: Promise<T>, otherwise: T): Promise<T> =>
  asked.catch((error: unknown) => {
    if (error instanceof EnvironmentError && error.code === 'api-unreachable') return otherwise
    throw error
  })

const readLog = async (
  kube: Kube,
  pod: { readonly namespace: string; readonly name: string; readonly container: string },
): Promise<string> => {
  const now = await logOf(kube, pod)
  // A container that has just been started again has said nothing yet.
  return now === '' ? logOf(kube, { ...pod, previous: true }) : now
}

/** Empty where nobody may read it, or the kubelet of its node is away: a wait has a reason of its own to say. */
const logOf = async (kube: Kube, pod: Parameters<Kube['logs']>[0]): Promise<string> => {
  try {
    return said(await kube.logs(pod, logLines))
  } catch (error) {
    if (error instanceof ApiRefusal) return ''
    throw error
  }
}

/** A kubelet that has already removed a log says so in place of it. */
const said = (log: string): string =>
  /^unable to retrieve container logs for \S+$/.test(log.trim()) ? '' : log.trimEnd()
