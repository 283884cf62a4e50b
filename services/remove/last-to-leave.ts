import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { readUndo } from './undo.ts'

/**
 * Answers, as each of the entries has been taken away, which namespaces none of those that are left names. So what is in
 * a namespace is looked for once, by the last one, and not by each: that lists every kind that the cluster serves.
 */
export const lastToLeave = (gone: readonly InventoryEntry[]): ((id: string) => readonly string[]) => {
  const left = new Map(gone.map(({ id, undo }) => [id, readUndo(undo).namespaces]))
  return (id) => {
    const own = left.get(id) ?? []
    left.delete(id)
    const others = new Set([...left.values()].flat())
    return own.filter((namespace) => !others.has(namespace))
  }
}
