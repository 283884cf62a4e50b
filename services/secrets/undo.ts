import type { Cluster } from '../../cluster/cluster.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { deleteForGood } from '../remove/gone.ts'
import { removeNamespace } from '../remove/namespaces.ts'
import { ownBeside } from '../remove/own.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { secretId } from './id.ts'

/** What the record holds of a secret: what takes it away, and what has to stay the same. Plain JSON. */
export type SecretUndo = {
  readonly namespaces: readonly string[]
  /** Generated values: the record is a Secret too, and is written before they are used. */
  readonly random: Readonly<Record<string, string>>
  /** Key → a mark of the value that was written. */
  readonly wrote: Readonly<Record<string, string>>
  readonly type: string
}

const nothing: SecretUndo = { namespaces: [], random: {}, wrote: {}, type: '' }

/** The undo of a record's entry, whatever is in it. */
export const readSecretUndo = (undo: unknown): SecretUndo => ({
  ...nothing,
  ...(typeof undo === 'object' ? undo : {}),
})

export const secretRef = (namespace: string, name: string) =>
  ({ apiVersion: 'v1', kind: 'Secret', namespace, name }) as const

/** Whether a Secret of the cluster was made by the step `secret/<key>`. */
export const isOurs = (secret: KubeObject, key: string): boolean =>
  secret.metadata.labels?.[labels.step] === stepLabel(secretId(key))

export type SecretUndoDeps = {
  readonly cluster: Pick<Cluster, 'kube' | 'record'>
  /** Namespaces that other steps of the file use. */
  readonly wanted: (id: string) => ReadonlySet<string>
}

/** Takes a secret's copies away, and namespaces that are empty then and were made for it. Nothing there is no error; what is not ours stays. */
export const takeSecretAway = async (
  key: string,
  namespaces: readonly string[],
  { cluster, wanted }: SecretUndoDeps,
  ctx: Context,
): Promise<void> => {
  const id = secretId(key)
  const kube = await cluster.kube(ctx)
  const own = await ownBeside(cluster, id, ctx)
  for (const namespace of namespaces) {
    await removeCopy(kube, namespace, key, ctx)
    if (!wanted(id).has(namespace)) await removeNamespace(kube, namespace, own, ctx)
  }
}

/** Takes the copy of the secret with this key out of a namespace, where it is of kindup. */
export const removeCopy = async (kube: Kube, namespace: string, key: string, ctx: Context): Promise<void> => {
  const ref = secretRef(namespace, key)
  const live = await kube.get(ref)
  if (live && isOurs(live, key)) await deleteForGood(kube, [ref], ctx)
}
