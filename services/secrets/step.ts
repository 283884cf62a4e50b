import type { Cluster } from '../../cluster/cluster.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import { recorded } from '../../cluster/inventory/recorded-step.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { StepHead } from '../../core/lazy-step.ts'
import type { Context, Status, Step } from '../../core/step.ts'
import { ensureNamespace } from '../remove/namespaces.ts'
import { dataOf, typeOf, type Data } from './data.ts'
import { namespacesOf } from './head.ts'
import type { Hidden } from './hidden.ts'
import { macOf } from './mac.ts'
import type { SecretDigests } from './digests.ts'
import type { SecretSource } from './source.ts'
import { decryptAll, foreign, resolveSecret, type Resolved } from './resolve.ts'
import { isOurs, readSecretUndo, secretRef, takeSecretAway, type SecretUndo, type SecretUndoDeps } from './undo.ts'
import { copyOf, writeCopy } from './write-copy.ts'

export type SecretDeps = SecretUndoDeps & {
  readonly cluster: Cluster
  readonly digests: SecretDigests
  readonly hidden: Hidden
  /** The release whose chart renders a namespace, and would refuse one that it cannot adopt. */
  readonly adopter: (namespace: string) => string | undefined
  /** Namespaces that this walk keeps its hands off: those of environments that are not meant. Then nothing is removed anywhere. */
  readonly leaves?: ReadonlySet<string>
}

/** The step `secret/<key>`: one Secret in each of its namespaces. */
export const secretStep = (source: SecretSource, head: StepHead, deps: SecretDeps): Step => {
  const { cluster, digests, hidden, leaves } = deps
  const { id } = head
  const { key, from } = source.secret
  const namespaces = namespacesOf(source, leaves)
  let decrypted: Promise<readonly Data[]> | undefined
  let resolved: Resolved | undefined
  /** Once for `prepare` and `up`; a failure is not kept. */
  const opened = (ctx: Context): Promise<readonly Data[]> =>
    (decrypted ??= decryptAll(source, cluster.run, hidden, ctx).catch((error: unknown) => {
      decrypted = undefined
      throw error
    }))
  const lastUndo = async (ctx: Context): Promise<SecretUndo> =>
    readSecretUndo((await (await cluster.record(ctx)).entries()).get(id)?.undo)
  /** Where copies are, or may be, once this walk is done. */
  const held = (before: SecretUndo): readonly string[] => [
    ...new Set([...namespaces, ...(leaves ? before.namespaces : [])]),
  ]
  const made = (): Resolved => {
    if (!resolved) throw new Error(`${id} is written before its data is known`)
    return resolved
  }
  const step = recorded(
    {
      ...head,
      kind: 'secret',
      fingerprint: async (ctx) => ({
        ...(await digests.inputs(source, ctx)),
        namespaces: hashOf(held(await lastUndo(ctx)).toSorted()),
      }),
      ...(from.sops.length > 0 ? { prepare: async (ctx: Context) => void (await opened(ctx)) } : {}),
      undo: async (ctx, previous) => {
        const { type, random, wrote } = made()
        const before = previous ? readSecretUndo(previous.undo).namespaces : held(await lastUndo(ctx))
        return { namespaces: [...new Set([...namespaces, ...before])], random, wrote, type } satisfies SecretUndo
      },
      up: async (ctx, previous) => {
        const kube = await cluster.kube(ctx)
        for (const namespace of namespaces) {
          ctx.report(`writing Secret ${namespace}/${key}`)
          await ensureNamespace(kube, namespace, cluster.config.name, ctx, deps.adopter(namespace))
          await writeCopy(kube, copyOf(key, namespace, cluster.config.name, made()), ctx)
        }
        const before = previous && !leaves ? readSecretUndo(previous.undo).namespaces : []
        await takeSecretAway(
          key,
          before.filter((namespace) => !namespaces.includes(namespace)),
          deps,
          ctx,
        )
      },
      down: async (ctx, previous) =>
        takeSecretAway(key, previous ? readSecretUndo(previous.undo).namespaces : namespaces, deps, ctx),
      probe: async (ctx) => probe(await cluster.kube(ctx), { key, namespaces }, await lastUndo(ctx), hidden),
    },
    cluster,
  )
  return {
    ...step,
    async up(ctx) {
      // First of all, since it is what may fail: a Secret of somebody else's, a key that sops lacks, a source that does not come.
      const kube = await cluster.kube(ctx)
      const [mac, previous, data] = await Promise.all([macOf(kube, true), lastUndo(ctx), opened(ctx)])
      resolved = await resolveSecret(source, { kube, mac, hidden, previous, decrypted: data, namespaces }, ctx)
      return step.up(ctx)
    },
  }
}

/** How the copies stand: there, ours, and as they were written. */
const probe = async (
  kube: Kube,
  { key, namespaces }: { readonly key: string; readonly namespaces: readonly string[] },
  { wrote, type }: SecretUndo,
  hidden: Hidden,
): Promise<Status> => {
  const mac = await macOf(kube, false)
  for (const namespace of namespaces) {
    const live = await kube.get(secretRef(namespace, key))
    if (!live) return { state: 'broken', why: `Secret ${namespace}/${key} is gone` }
    if (!isOurs(live, key)) return { state: 'broken', why: foreign(live).message }
    const data = dataOf(live)
    // A run that writes nothing has these values from nowhere else.
    hidden.add(data)
    const other = [...new Set([...data.keys(), ...Object.keys(wrote)])].filter((name) => {
      const value = data.get(name)
      return value === undefined || mac(new Map([[name, value]])) !== wrote[name]
    })
    if (other.length > 0 || typeOf(live) !== type) {
      const what = other.length > 0 ? other.toSorted().join(', ') : 'its type'
      return { state: 'broken', why: `Secret ${namespace}/${key} is not as it was written last: ${what}` }
    }
  }
  return { state: 'ready' }
}
