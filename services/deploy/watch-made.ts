import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { Pod } from '../../cluster/kube/models.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'
import type { Context } from '../../core/step.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { engineCommand } from './engine-command.ts'
import { imageNodes, podsOf, shipments } from './pods.ts'

type Watched = {
  readonly kube: Kube
  readonly cluster: Cluster
  /** The workloads that a controller has made so far. */
  readonly find: () => Promise<readonly KubeObject[]>
}

/** How often it is asked what is made by now, in milliseconds. */
const everyMs = 1_000
/** What was there before and has not changed by then is what the controller means, in milliseconds. */
const graceMs = 20_000

/**
 * Goes with a controller that makes workloads of what nobody here has rendered, until `ctx.signal` aborts. Images of theirs that the engine holds are put into
 * the nodes as soon as they are named, and what keeps a workload from ever getting ready ends the wait, as it does for what kindup applies.
 */
export const watchMade = async ({ kube, cluster, find }: Watched, ctx: Context): Promise<void> => {
  const { signal } = ctx
  const sent = new Map<string, number>()
  const since = performance.now()
  let before: ReadonlySet<string> | undefined
  const [engine, starts] = await Promise.all([engineCommand(cluster), cluster.nodeStarts(ctx)])
  const failed = new AbortController()
  const ends = AbortSignal.any([signal, failed.signal])
  // Apart, so that those that were there before have the others begin no new wait.
  const [changed, unchanged] = [makeFollower(), makeFollower()]
  try {
    while (!ends.aborted) {
      const made = (await find()).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      await send(made)
      before ??= new Set(made.map(stateOf))
      const [was, came] = [
        made.filter((one) => before?.has(stateOf(one))),
        made.filter((one) => !before?.has(stateOf(one))),
      ]
      const isLate = performance.now() - since >= graceMs
      await Promise.all([retry(made), changed.follow(came), unchanged.follow(isLate ? was : [])])
      await pause(everyMs, undefined, { signal: ends }).catch(() => undefined)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await Promise.all([changed.end(), unchanged.end()])
  }
  if (failed.signal.aborted && !signal.aborted) throw failed.signal.reason

  async function send(made: readonly KubeObject[]): Promise<void> {
    const fresh = new Map([...imageNodes(made, cluster.nodes)].filter(([image]) => !sent.has(image)))
    for (const { images, containers } of shipments(fresh)) await cluster.load(images, containers, ctx)
    for (const image of fresh.keys()) sent.set(image, Date.now())
  }

  /** Those that asked in vain for an image which is in their node by now would wait before they ask again. */
  async function retry(made: readonly KubeObject[]): Promise<void> {
    const inVain = (await podsOf(kube, made, '')).filter((pod) => asksInVain(pod, sent))
    await Promise.all(inVain.map((pod) => kube.delete({ ...refOf(pod), apiVersion: 'v1', kind: 'Pod' })))
  }

  /** What is made later is waited for as well. */
  function makeFollower() {
    let waited: { readonly of: string; readonly stop: AbortController; readonly over: Promise<void> } | undefined
    const end = async (): Promise<void> => {
      waited?.stop.abort()
      await waited?.over
    }
    const follow = async (made: readonly KubeObject[]): Promise<void> => {
      const of = made.map(stateOf).join('\n')
      if (waited?.of === of) return
      await end()
      const stop = new AbortController()
      const until = { ...ctx, signal: AbortSignal.any([ends, stop.signal]) }
      const targets = { objects: made.map(asTarget), namespace: '' }
      const over = waitUntilReady(kube, targets, until, { nodesReady: () => true, engine, starts }).catch(
        (error: unknown) => {
          if (!until.signal.aborted) failed.abort(error)
        },
      )
      waited = { of, stop, over }
    }
    return { follow, end }
  }
}

const stateOf = (object: KubeObject): string => `${identity(refOf(object))} ${object.metadata.generation ?? ''}`

/** Hooks of charts are waited for by helm alone, and nobody tells why they do not run. */
const asTarget = (object: KubeObject): KubeObject => {
  const { 'helm.sh/hook': _hook, ...annotations } = object.metadata.annotations ?? {}
  return { ...object, metadata: { ...object.metadata, annotations } }
}

const asksInVain = (pod: KubeObject, sent: ReadonlyMap<string, number>): boolean => {
  const { metadata, status = {} } = pod as Pod
  const made = Date.parse(metadata.creationTimestamp ?? '')
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].some(
    ({ image, state }) =>
      /^(ErrImagePull|ImagePullBackOff)$/.test(state?.waiting?.reason ?? '') && made <= (sent.get(image) ?? 0),
  )
}
