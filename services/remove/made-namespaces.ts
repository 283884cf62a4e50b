import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { readUndo } from './undo.ts'

/** The namespaces of what is gone that kindup made, each once. */
export const madeNamespaces = async (
  gone: readonly InventoryEntry[],
  isMade: (name: string) => Promise<boolean>,
): Promise<readonly string[]> => {
  const names = [...new Set(gone.flatMap(({ undo }) => readUndo(undo).namespaces))]
  const made = await Promise.all(names.map(isMade))
  return names.filter((_name, index) => made[index])
}
