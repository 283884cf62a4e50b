import { once } from '../../core/shared.ts'
import type { Kube } from '../kube/kube.ts'
import { entryType, fromSecret, inventorySecret, renderNameOf, secretNameOf, toSecret } from './entry-secret.ts'
import { ensureInventoryNamespace, inventoryNamespace } from './namespace.ts'
import type { Inventory, InventoryEntry } from './inventory.ts'

/**
 * The record of the cluster behind `kube`. It is read once, when first asked for, and kept in step with what is written
 * through it: only the holder of the run's Lease writes. Calls throw what `kube` throws, `record-too-large` and `record-unreadable`.
 */
export const makeInventory = (kube: Kube): Inventory => {
  const known = once(() => read(kube))
  const namespace = once(() => ensureInventoryNamespace(kube))
  const write = async (entry: InventoryEntry): Promise<void> => {
    // Read first: a list that comes after the write could be from before it.
    const [entries] = await Promise.all([known(), namespace()])
    await kube.apply(toSecret(entry))
    entries.set(entry.id, entry)
  }
  return {
    entries: async () => new Map(await known()),
    // Named one by one: a fingerprint that a caller's object happens to carry must not survive.
    async begin({ id, of, title, kind, needs, undo, note }) {
      // Until the work is done its containers are what they were.
      const synced = (await known()).get(id)?.synced
      const kept = { ...(note !== undefined && { note }), ...(synced !== undefined && { synced }) }
      await write({ id, of, title, kind, needs, undo, ...kept })
    },
    async finish(id, fingerprint, undo) {
      const entry = (await known()).get(id)
      if (!entry) throw new Error(`${id} was finished without having begun`)
      const { synced: _over, ...rest } = entry
      await write({ ...rest, ...(undo !== undefined && { undo }), fingerprint })
    },
    async markSynced(id) {
      const entry = (await known()).get(id)
      if (entry && entry.synced === undefined) await write({ ...entry, synced: new Date().toISOString() })
    },
    async forget(id) {
      const entries = await known()
      // What it was made of first: nobody would come back for it.
      await kube.delete(inventorySecret(renderNameOf(id)))
      await kube.delete(inventorySecret(secretNameOf(id)))
      entries.delete(id)
    },
  }
}

const read = async (kube: Kube): Promise<Map<string, InventoryEntry>> => {
  const secrets = await kube.list({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: inventoryNamespace,
    fieldSelector: `type=${entryType}`,
  })
  return new Map(secrets.map(fromSecret).map((entry) => [entry.id, entry]))
}
