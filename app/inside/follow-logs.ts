import { setTimeout as pause } from 'node:timers/promises'
import type { Kube } from '../../cluster/kube/kube.ts'
import type { Pod } from '../../cluster/kube/models.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { containersOfPod, keyOf, type PodContainer } from './containers.ts'
import type { Deployed } from './deployed-pods.ts'
import { speechOf, type Said } from './read-logs.ts'

export type Follower = {
  readonly kube: Kube
  readonly deployed: Deployed
  readonly isMeant: (container: PodContainer) => boolean
  /** By `keyOf`: when the last line was said that was read before. */
  readonly readUntil: ReadonlyMap<string, string>
  /** By `keyOf`: the run that was there before. */
  readonly known: ReadonlyMap<string, string>
  readonly said: (lines: readonly Said[]) => void
  readonly began: (container: PodContainer) => void
  readonly ended: (container: PodContainer) => void
}

/** The API reads times to the second: what was said in it is asked for again, and passed over. */
const secondOf = (at: string): string => `${at.slice(0, 19)}Z`

/** A connection that is cut while the container goes on is made again. */
const againMs = 1_000

/** Follows what is said from now on, also by pods and runs that begin later, until `signal` aborts. Throws what the API refuses for good. */
export const followLogs = async (follower: Follower, signal: AbortSignal): Promise<void> => {
  const { kube, deployed, isMeant } = follower
  const current = new Map<string, PodContainer>()
  const until = new Map(follower.readUntil)
  const runs = new Map(follower.known)
  const open = new Set<string>()
  const over = new AbortController()
  const ending = AbortSignal.any([signal, over.signal])
  const { promise: failed, reject } = Promise.withResolvers<never>()

  const follow = async (key: string, from: PodContainer): Promise<void> => {
    open.add(key)
    const last = until.get(key) ?? ''
    const since = last === '' ? {} : { since: secondOf(last) }
    try {
      for await (const lines of speechOf(kube, from, { ...since, follow: true, previous: false }, ending)) {
        const news = lines.filter(({ at }) => at === '' || at > (until.get(key) ?? ''))
        const at = news.at(-1)?.at ?? ''
        if (at !== '') until.set(key, at)
        if (news.length > 0) follower.said(news.map((line) => ({ ...line, from })))
      }
    } catch (error) {
      if (!(error instanceof EnvironmentError) || error.code !== 'api-unreachable') throw error
    } finally {
      open.delete(key)
    }
    const now = current.get(key)
    // What began again while the end was still being read.
    if (now && now.id !== from.id) return consider(now)
    await pause(againMs, undefined, { signal: ending }).catch(() => undefined)
    const later = current.get(key)
    if (later) consider(later)
  }

  const consider = (one: PodContainer): void => {
    const key = keyOf(one)
    if (ending.aborted || one.id === undefined || open.has(key)) return
    const isNew = runs.get(key) !== one.id
    // A run that was read to its end before says nothing any more.
    if (!isNew && one.state !== 'running') return
    if (isNew) follower.began(one)
    runs.set(key, one.id)
    follow(key, one).catch(reject)
  }

  const see = async (pods: readonly Pod[]): Promise<void> => {
    const seen = new Set<string>()
    for (const { entry, pod } of await deployed.among(pods))
      for (const one of containersOfPod(entry, pod).filter(isMeant)) {
        const key = keyOf(one)
        seen.add(key)
        const before = current.get(key)
        current.set(key, one)
        if (before?.state === 'running' && one.state === 'ended') follower.ended(one)
        consider(one)
      }
    for (const key of current.keys()) if (!seen.has(key)) current.delete(key)
  }

  const lists = new Map<string, readonly Pod[]>()
  const watch = async (namespace: string): Promise<void> => {
    for await (const pods of kube.watch({ apiVersion: 'v1', kind: 'Pod', namespace }, ending)) {
      lists.set(namespace, pods)
      await see([...lists.values()].flat())
    }
  }
  try {
    await Promise.race([failed, Promise.all(deployed.namespaces.map(watch))])
  } finally {
    over.abort()
    failed.catch(() => undefined)
  }
}
