import type { Kube } from '../../cluster/kube/kube.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { readRenders } from '../../cluster/inventory/renders.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { isKeptRender, type KeptRender } from '../deploy/kept-render.ts'

export type Found = {
  /** What to go back to. */
  readonly to: KeptRender
  /** What is kept from then on: a second rollback goes forward again. */
  readonly other: KeptRender | undefined
}

/**
 * The render that a rollback leads to: the one before the last, or the last that was ready where a run since has not
 * finished. Throws `nothing-to-roll-back-to`.
 */
export const findRender = async (kube: Kube, entry: InventoryEntry): Promise<Found> => {
  const { current, previous, tooLarge } = await readRenders(kube, entry.id, isKeptRender)
  // A rollback that was interrupted is no deployment that failed: it goes on where it wanted to go.
  const failed = entry.fingerprint === undefined && entry.note === undefined
  const to = failed ? current : previous
  if (to) return { to, other: failed ? previous : current }
  throw new EnvironmentError(
    'nothing-to-roll-back-to',
    tooLarge === undefined
      ? `${entry.id} ${failed ? 'was never ready' : 'has not been anything else since it was made'}: there is nothing before it.`
      : `What ${entry.id} was before takes ${tooLarge} bytes, compressed, and a Secret of the record holds 1 MiB: it was not kept.`,
    { hints: ['kindup up   # makes it as the file says'] },
  )
}
