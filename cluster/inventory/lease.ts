import { setInterval as timer } from 'node:timers'
import { setTimeout as pause } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { bindTo, boundSignal, unbound, untilStopped } from '../../core/bound.ts'
import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import {
  describeHolder,
  isOver,
  leaseFor,
  leaseRef,
  leaseSeconds,
  localPid,
  microTime,
  specOf,
} from './lease-holder.ts'
import type { Holder } from './lease-holder.ts'
import { ensureInventoryNamespace } from './namespace.ts'

export type Lease = {
  /** Lets the next run in, `through` another client where the run's own was stopped. Never throws: a Lease that cannot be given back runs out. */
  release(through?: Kube): Promise<void>
  /** Aborted with EnvironmentError `lease-lost` when another run has taken over. */
  readonly lost: AbortSignal
  /** Before a write: returns while no other run can have taken over, and asks where one may have. Throws `lease-lost`. */
  confirm(): Promise<void>
}

type LeaseOptions = {
  readonly signal: AbortSignal
  /** How long to wait for another run to end, in milliseconds. */
  readonly waitMs: number
  /** Told who is waited for, and when the Lease is lost or cannot be renewed. */
  report(line: string): void
  /** Milliseconds between renewals. Default 5000, a third of the time after which a Lease runs out. */
  readonly renewMs?: number
}

const askMs = 500

/**
 * Makes `holder` the one run that changes this cluster, until released. The Lease of a run that is over (its process is gone,
 * or it did not renew) is taken over at once; a live one is waited for, then EnvironmentError `busy`.
 */
export const takeLease = async (kube: Kube, holder: Holder, options: LeaseOptions): Promise<Lease> => {
  const { signal, waitMs, report } = options
  const end = performance.now() + waitMs
  const watched = makeWatched()
  await ensureInventoryNamespace(kube)
  for (;;) {
    const current = await kube.get(leaseRef)
    const free = !current || watched.still(current) || (await isOver(current, holder.host, new Date()))
    const taken = free ? await take(kube, await leaseFor(holder, new Date()), current) : undefined
    if (taken) return keep(kube, taken, options)
    if (current && !free) {
      if (performance.now() >= end) throw busy(current, holder.host)
      report(`waiting for another run: ${describeHolder(current)}`)
    }
    await pause(askMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) throw stopReason(signal)
  }
}

/** Writes the Lease where `current` still stands as it was seen; undefined when someone was faster. */
const take = async (
  kube: Kube,
  wanted: KubeObject,
  current: KubeObject | undefined,
): Promise<KubeObject | undefined> => {
  const { resourceVersion } = current?.metadata ?? {}
  try {
    return resourceVersion === undefined
      ? await kube.create(wanted)
      : await kube.replace({ ...wanted, metadata: { ...wanted.metadata, resourceVersion } })
  } catch (error) {
    // An answer that was lost may have been a yes.
    const now = await kube.get(leaseRef).catch(() => undefined)
    if (now && isSameRun(now, wanted)) return now
    if (isConflict(error)) return undefined
    throw error
  }
}

const isSameRun = (one: KubeObject, other: KubeObject): boolean =>
  specOf(one).holderIdentity === specOf(other).holderIdentity &&
  specOf(one).renewTime === specOf(other).renewTime &&
  isDeepStrictEqual(one.metadata.annotations, other.metadata.annotations)

const isConflict = (error: unknown): boolean => error instanceof EnvironmentError && error.code === 'api-conflict'

/** A holder whose clock goes ahead of ours would never expire: one that was not renewed while we looked on is over too. */
const makeWatched = () => {
  let seen: string | undefined
  let since = 0
  return {
    still(lease: KubeObject): boolean {
      const { resourceVersion } = lease.metadata
      if (resourceVersion !== seen) {
        seen = resourceVersion
        since = performance.now()
      }
      return performance.now() - since > leaseSeconds * 1000
    },
  }
}

/** Renews the Lease until it is released or lost. */
const keep = (kube: Kube, taken: KubeObject, { report, renewMs = 5_000 }: LeaseOptions): Lease => {
  let mine: KubeObject | undefined = taken
  // By the clock of the wall: the other one does not stand still while this machine sleeps.
  let renewedAt = Date.now()
  const lost = new AbortController()
  const lose = (now: KubeObject): void => {
    mine = undefined
    lost.abort(takenOver(now))
  }
  const renew = async (): Promise<void> => {
    if (!mine) return
    const at = Date.now()
    try {
      mine = await kube.replace({ ...mine, spec: { ...specOf(mine), renewTime: microTime(new Date(at)) } })
      renewedAt = at
    } catch (error) {
      // An answer that was lost leaves us with the version of before; anything else that wrote here is another run.
      const now = await kube.get(leaseRef).catch(() => 'unknown' as const)
      if (over.signal.aborted) return
      if (now === 'unknown') report(`the lease of this run cannot be renewed: ${messageOf(error)}`)
      else if (now === undefined) mine = (await takeAgain(kube, mine)) ?? mine
      else if (specOf(now).holderIdentity !== specOf(taken).holderIdentity) lose(now)
      else mine = now
    }
  }
  const over = new AbortController()
  let renewing: Promise<void> | undefined
  /** One at a time: behind one that has no answer, others would line up. It is for the whole run, whoever wants it. */
  const renewNext = (): Promise<void> =>
    (renewing ??= unbound(() => bindTo(over.signal, renew)).finally(() => (renewing = undefined)))
  // It is renewed for the whole run, and taken by one of its steps.
  const interval = unbound(() => timer(() => void renewNext(), renewMs))
  // A run that is done must be able to end.
  interval.unref()
  return {
    lost: lost.signal,
    async confirm() {
      if (Date.now() - renewedAt > leaseSeconds * 500) await untilStopped(renewNext(), boundSignal())
      lost.signal.throwIfAborted()
    },
    async release(through = kube) {
      clearInterval(interval)
      await untilStopped(Promise.resolve(renewing), boundSignal()).catch(() => undefined)
      over.abort()
      const last = mine
      mine = undefined
      if (last) await through.replace({ ...last, spec: { ...specOf(last), holderIdentity: '' } }).catch(() => undefined)
    },
  }
}

/** Somebody deleted it, with its namespace perhaps. */
const takeAgain = async (
  kube: Kube,
  { apiVersion, kind, metadata, ...lease }: KubeObject,
): Promise<KubeObject | undefined> => {
  const { name, namespace, labels, annotations } = metadata
  const kept = { name, ...(namespace && { namespace }), ...(labels && { labels }), ...(annotations && { annotations }) }
  const made = { ...lease, apiVersion, kind, metadata: kept }
  return take(kube, made, undefined).catch(() => undefined)
}

const takenOver = (lease: KubeObject): EnvironmentError =>
  new EnvironmentError(
    'lease-lost',
    `Another run took over this cluster: ${describeHolder(lease)}. This one stopped.`,
    {
      hints: ['kindup up   # goes on from there, once the other run is done'],
    },
  )

const busy = (lease: KubeObject, host: string): EnvironmentError => {
  const pid = localPid(lease, host)
  return new EnvironmentError('busy', `Another run changes this cluster: ${describeHolder(lease)}.`, {
    hints: ['Wait until it is done, and try again.', ...(pid === undefined ? [] : [`Or stop it: kill ${pid}`])],
  })
}
