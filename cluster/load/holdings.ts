import { boundSignal, shared } from '../../core/bound.ts'
import { setTimeout as pause } from 'node:timers/promises'
import { jsonFrom } from '../../core/program-output.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { stopReason } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { Engine, EngineImage } from '../engine/engine.ts'
import { partsOf, qualified } from '../reference.ts'

/** One image in a node, as its container runtime knows it. */
type Holding = {
  /** Digests by which it may be known outside: of its configuration, its manifests, and the one it was sent as. */
  readonly digests: ReadonlySet<string>
}

/** What a node holds, by full reference. */
export type Holdings = ReadonlyMap<string, Holding>

/** On the image in the node: the id that the engine knew it by when it was sent. */
export const sentAs = 'dev.kindup.image'

/** A node that was started a moment ago runs before its containerd does. */
const startMs = 60_000
const starting = /containerd\.sock|code = Unavailable|code = DeadlineExceeded/

/** First looks of a run into nodes, by container; undefined once something is sent there. */
export type FirstLooks = Map<string, (() => Promise<Holdings>) | undefined>

type Patience = {
  readonly patienceMs?: number
  readonly signal?: AbortSignal
  /** Whoever comes before something is sent has the answer of the first one: a node that starts is asked by one. */
  readonly firstLooks?: FirstLooks | undefined
}

/**
 * Reads what a node holds, and waits for a containerd that is still starting. `manifestIds`: the engine's ids are those of
 * manifests, which only our own mark can be compared with for certain.
 */
export const holdingsOf = async (
  engine: Engine,
  container: string,
  manifestIds: boolean,
  { firstLooks, ...patience }: Patience = {},
): Promise<Holdings> => {
  const look = (signal = patience.signal): Promise<Holdings> =>
    whenStarted(() => readHoldings(engine, container, manifestIds), { ...patience, ...(signal && { signal }) })
  if (!firstLooks || (firstLooks.has(container) && !firstLooks.get(container))) return look()
  const first = firstLooks.get(container) ?? shared(() => look(boundSignal()))
  firstLooks.set(container, first)
  try {
    return await first()
  } catch (error) {
    if (firstLooks.get(container) === first) firstLooks.delete(container)
    throw error
  }
}

const whenStarted = async <T>(read: () => Promise<T>, { patienceMs = startMs, signal }: Patience): Promise<T> => {
  const begun = performance.now()
  for (;;) {
    try {
      return await read()
    } catch (error) {
      const isStarting = error instanceof CommandError && starting.test(error.stderr)
      if (!isStarting || performance.now() - begun > patienceMs) throw error
      await pause(500, undefined, { signal }).catch(() => undefined)
      if (signal?.aborted) throw stopReason(signal)
    }
  }
}

const readHoldings = async (engine: Engine, container: string, manifestIds: boolean): Promise<Holdings> => {
  const [listed, marked] = await Promise.all([
    engine.exec(container, ['crictl', 'images', '--output', 'json']),
    manifestIds ? engine.exec(container, ['ctr', '--namespace=k8s.io', 'images', 'ls']) : undefined,
  ])
  return holdingsFrom(listed.stdout, marked?.stdout ?? '')
}

/** From `crictl images --output json` and the table of `ctr images ls`. */
export const holdingsFrom = (crictl: string, ctr: string): Holdings => {
  const images = mapsAt(jsonFrom('crictl images --output json', crictl), 'images')
  const sent = new Map<string, string[]>()
  for (const line of ctr.split('\n')) {
    const [ref] = line.split(/\s/, 1)
    const mark = new RegExp(`\\b${sentAs.replaceAll('.', String.raw`\.`)}=([^\\s,]+)`).exec(line)?.[1]
    const target = /\bsha256:[0-9a-f]{64}\b/.exec(line)?.[0]
    if (ref)
      sent.set(
        ref,
        [mark, target].filter((digest) => digest !== undefined),
      )
  }
  return new Map(
    images.flatMap((image) => {
      const repoDigests = textListAt(image, 'repoDigests')
      return [...textListAt(image, 'repoTags'), ...repoDigests].map((ref) => {
        const digests = [textAt(image, 'id') ?? '', ...repoDigests.map(digestOf), ...(sent.get(ref) ?? [])]
        return [qualified(ref), { digests: new Set(digests) }] as const
      })
    }),
  )
}

/** Whether the node holds this very image under that reference; another build under the same tag counts as lacking. */
export const holds = (holdings: Holdings, ref: string, image: EngineImage): boolean => {
  const held = holdings.get(qualified(ref))
  return held !== undefined && [image.id, ...image.repoDigests.map(digestOf)].some((digest) => held.digests.has(digest))
}

/** Tagged images of the same repository that the node holds, whatever their tags. */
export const kinIn = (holdings: Holdings, ref: string): readonly string[] => {
  const { repository } = partsOf(qualified(ref))
  return [...holdings.keys()].filter((one) => {
    const parts = partsOf(one)
    return parts.repository === repository && parts.digest === undefined
  })
}

const digestOf = (repoDigest: string): string => repoDigest.slice(repoDigest.indexOf('@') + 1)
