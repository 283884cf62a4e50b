import { EnvironmentError } from '../../core/errors.ts'
import type { Context, Step } from '../../core/step.ts'
import type { Inventory, InventoryEntry } from './inventory.ts'

/** Takes away what one kind of step made, from what the record says alone. Nothing there is no error. */
export type Undoer = (entry: InventoryEntry, ctx: Context) => Promise<void>

/**
 * Steps that take away what the record holds and the file no longer has, what needed another before that other.
 * `undoers` are by the entries' `kind`.
 */
export const removalSteps = (
  entries: ReadonlyMap<string, InventoryEntry>,
  currentIds: Iterable<string>,
  undoers: Readonly<Record<string, Undoer>>,
  record: (ctx: Context) => Promise<Inventory>,
): Step[] => {
  const current = new Set(currentIds)
  const gone = new Map([...entries].filter(([id]) => !current.has(id)))
  const order = dependentsFirst(gone)
  return order.map((entry, place) => {
    const remove = async (ctx: Context): Promise<void> => {
      const undo = Object.hasOwn(undoers, entry.kind) ? undoers[entry.kind] : undefined
      if (!undo)
        throw new EnvironmentError(
          'record-unknown-kind',
          `${entry.id} was made by another version of kindup (as ${entry.kind}), and this one cannot take it away.`,
          { hints: ['Use that version once more, or delete the cluster: `kindup down`.'] },
        )
      await undo(entry, ctx)
      await (await record(ctx)).forget(entry.id)
    }
    return {
      id: entry.id,
      of: entry.of,
      title: `${entry.title} (no longer in the file)`,
      dies: 'with-cluster',
      needs: order.slice(0, place).flatMap(({ id, needs }) => (needs.includes(entry.id) ? [id] : [])),
      status: () => Promise.resolve({ state: 'changed', what: 'the file no longer has it' }),
      up: remove,
      down: remove,
    }
  })
}

/** What nobody needs any more comes first. Needs that went in a circle over several versions of the file are cut somewhere. */
const dependentsFirst = (entries: ReadonlyMap<string, InventoryEntry>): InventoryEntry[] => {
  const ordered = new Map<string, InventoryEntry>()
  const visit = (entry: InventoryEntry, path: ReadonlySet<string>): void => {
    if (ordered.has(entry.id) || path.has(entry.id)) return
    const here = new Set([...path, entry.id])
    for (const other of entries.values()) if (other.needs.includes(entry.id)) visit(other, here)
    ordered.set(entry.id, entry)
  }
  for (const entry of entries.values()) visit(entry, new Set())
  return [...ordered.values()]
}
