import type { KindupError } from '../../core/errors.ts'
import { differs } from '../../core/fingerprint.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import type { Context, Facts, Status, Step } from '../../core/step.ts'
import type { Inventory, InventoryEntry } from './inventory.ts'

/** A step whose state the cluster's record knows: what it is made from is compared, and then the thing itself is looked at. */
export type RecordedWork = Pick<Step, 'id' | 'of' | 'title' | 'needs' | 'dies' | 'inputs'> & {
  /** Which undoer takes it away when the file no longer has it. */
  readonly kind: string
  /**
   * What that undoer wants to know. Until the work is done it must also undo what `previous` names, so that nothing is
   * lost when the work changes names (another release, fewer objects) and is interrupted.
   */
  undo(ctx: Context, previous?: InventoryEntry): Promise<unknown>
  /** Hashes of what it is made from. Asked before the work: what changes meanwhile is a change for the next run. */
  fingerprint(ctx: Context): Promise<Fingerprint>
  /** Throws where something of others is in the way; asked before the inventory names any of it as ours. */
  mayBegin?(ctx: Context, previous?: InventoryEntry): Promise<void>
  /** What the change means beyond the change itself, for the plan: what is replaced, what cannot be done. */
  foresee?(ctx: Context): Promise<{ readonly what: readonly string[]; readonly refusal?: KindupError }>
  /** The live look, when nothing it is made from has changed. */
  probe(ctx: Context): Promise<Status>
  prepare?: Step['prepare']
  /** `previous` is what the record held before. */
  up(ctx: Context, previous?: InventoryEntry): Promise<void>
  /** Inputs that nothing is deployed from: where they alone changed, and the thing is as it should be, this is done in place of `up`. */
  readonly aside?: { readonly inputs: readonly string[]; up(ctx: Context): Promise<void> }
  /** Remembers beside the record what it is, now that it is so. */
  keep?(ctx: Context, fingerprint: Fingerprint): Promise<void>
  down(ctx: Context, previous?: InventoryEntry): Promise<void>
  facts?(ctx: Context): Promise<Facts>
}

/** The step of `inner`, its record written before the work (what undoes it) and after (what it was made from). */
export const recorded = (inner: RecordedWork, { record }: { record(ctx: Context): Promise<Inventory> }): Step => {
  const { id, of, title, kind, needs = [], dies, inputs } = inner
  const entryOf = async (ctx: Context): Promise<InventoryEntry | undefined> =>
    (await (await record(ctx)).entries()).get(id)
  const isAside = (names: readonly string[] | undefined, { synced, note }: InventoryEntry): boolean =>
    names !== undefined &&
    synced === undefined &&
    note === undefined &&
    names.every((name) => inner.aside?.inputs.includes(name) === true)
  let seenAside = false
  /** Whether nothing is to be done but what is done aside. */
  const isDoneAside = async (ctx: Context): Promise<boolean> => {
    const entry = inner.aside && (await entryOf(ctx))
    if (!entry?.fingerprint || !isAside(differs(entry.fingerprint, await inner.fingerprint(ctx)), entry)) return false
    return (await inner.probe(ctx)).state === 'ready'
  }
  return {
    id,
    of,
    title,
    needs,
    dies,
    ...(inputs && { inputs }),
    async status(ctx) {
      seenAside = false
      const entry = await entryOf(ctx)
      if (!entry) {
        const { refusal } = (await inner.foresee?.(ctx)) ?? {}
        return { state: 'absent', ...(refusal ? { refusal } : {}) }
      }
      if (!entry.fingerprint) {
        const seen = await inner.probe(ctx)
        const trouble = seen.state === 'broken' ? `: ${seen.why}` : ''
        const { refusal } = (await inner.foresee?.(ctx)) ?? {}
        return {
          state: 'changed',
          what: `the last run did not finish it${trouble}`,
          ...(refusal ? { refusal } : {}),
        }
      }
      const names = differs(entry.fingerprint, await inner.fingerprint(ctx))
      const synced = entry.synced === undefined ? undefined : 'its containers hold files that were synced into them'
      if (!names) {
        const seen = await inner.probe(ctx)
        return seen.state === 'ready' && synced !== undefined ? { state: 'changed', what: synced } : seen
      }
      if (isAside(names, entry)) {
        const seen = await inner.probe(ctx)
        seenAside = seen.state === 'ready'
        return seenAside ? { state: 'changed', what: inWords(names) } : seen
      }
      const { what = [], refusal } = (await inner.foresee?.(ctx)) ?? {}
      const parts = [entry.note, synced, inWords(names), ...what].filter((part) => part !== undefined)
      return { state: 'changed', what: parts.join('; '), ...(refusal ? { refusal } : {}) }
    },
    async up(ctx) {
      const [entries, previous, fingerprint] = await Promise.all([record(ctx), entryOf(ctx), inner.fingerprint(ctx)])
      if (inner.aside && (await isDoneAside(ctx))) {
        await inner.aside.up(ctx)
        await inner.keep?.(ctx, fingerprint)
        return entries.finish(id, fingerprint)
      }
      await inner.mayBegin?.(ctx, previous)
      await entries.begin({ id, of, title, kind, needs, undo: await inner.undo(ctx, previous) })
      await inner.up(ctx, previous)
      await inner.keep?.(ctx, fingerprint)
      await entries.finish(id, fingerprint, previous && (await inner.undo(ctx)))
    },
    async down(ctx) {
      await inner.down(ctx, await entryOf(ctx))
      await (await record(ctx)).forget(id)
    },
    ...(inner.prepare && {
      prepare: async (ctx: Context, isDue: boolean) => {
        // What comes before the work is not asked of a cluster that may not be there yet.
        if (!isDue || !seenAside) await inner.prepare!(ctx, isDue)
      },
    }),
    ...(inner.facts && { facts: (ctx: Context) => inner.facts!(ctx) }),
  }
}

/** `chart, values` → "its chart and values changed" */
const inWords = (names: readonly string[]): string =>
  `its ${new Intl.ListFormat('en', { type: 'conjunction' }).format(names)} changed`
