import { identified } from '../../../../core/identity.ts'
import { describe, expect, it } from 'vitest'
import type { RecordedWork } from '../../../../cluster/inventory/recorded-step.ts'
import { recorded } from '../../../../cluster/inventory/recorded-step.ts'
import type { Inventory, InventoryEntry } from '../../../../cluster/inventory/inventory.ts'
import type { Fingerprint } from '../../../../core/fingerprint.ts'
import { context } from '../../../support/steps.ts'

/** A record in memory that notes the order of what happens. */
const makeInventory = (calls: string[], entries = new Map<string, InventoryEntry>()): Inventory => ({
  entries: () => Promise.resolve(new Map(entries)),
  begin: (entry) => {
    calls.push(`begin ${JSON.stringify(entry.undo)}`)
    entries.set(entry.id, entry)
    return Promise.resolve()
  },
  finish: (id, fingerprint, undo) => {
    calls.push('finish')
    entries.set(id, { ...entries.get(id)!, fingerprint, ...(undo !== undefined && { undo }) })
    return Promise.resolve()
  },
  markSynced: () => Promise.resolve(),
  forget: (id) => {
    calls.push('forget')
    entries.delete(id)
    return Promise.resolve()
  },
})

const setUp = (more: Partial<RecordedWork> = {}) => {
  const calls: string[] = []
  const inputs: { fingerprint: Fingerprint; release: string } = {
    fingerprint: { chart: '1', values: '1' },
    release: 'web',
  }
  const entries = new Map<string, InventoryEntry>()
  const record = makeInventory(calls, entries)
  const step = recorded(
    {
      ...identified({ kind: 'service', name: 'web' }),
      title: 'web',
      kind: 'helm',
      dies: 'with-cluster',
      fingerprint: () => Promise.resolve(inputs.fingerprint),
      undo: (_ctx, previous) => Promise.resolve([...((previous?.undo as string[] | undefined) ?? []), inputs.release]),
      probe: () => (calls.push('look'), Promise.resolve({ state: 'ready' })),
      up: (_ctx, previous) => (calls.push(`up over ${JSON.stringify(previous?.undo)}`), Promise.resolve()),
      down: (_ctx, previous) => (calls.push(`down ${JSON.stringify(previous?.undo)}`), Promise.resolve()),
      ...more,
    },
    { record: () => Promise.resolve(record) },
  )
  return { step, calls, inputs, entries }
}

describe('the status of a recorded step', () => {
  it('is absent without an entry, and asks nothing else', async () => {
    const { step, calls } = setUp({ fingerprint: () => Promise.reject(new Error('asked')) })
    expect(await step.status(context())).toEqual({ state: 'absent' })
    expect(calls).toEqual([])
  })

  it('is changed when the work failed or was interrupted, and says what is wrong with the thing', async () => {
    const killed = { up: () => Promise.reject(new Error('killed')) }
    const { step } = setUp(killed)
    await expect(step.up(context())).rejects.toThrow('killed')
    expect(await step.status(context())).toEqual({ state: 'changed', what: 'the last run did not finish it' })
    const { step: broken } = setUp({
      ...killed,
      probe: () => Promise.resolve({ state: 'broken', why: 'a pod crashes' }),
    })
    await expect(broken.up(context())).rejects.toThrow('killed')
    expect(await broken.status(context())).toEqual({
      state: 'changed',
      what: 'the last run did not finish it: a pod crashes',
    })
  })

  it('names the inputs that differ', async () => {
    const { step, inputs, calls } = setUp()
    await step.up(context())
    inputs.fingerprint = { chart: '2', values: '1' }
    expect(await step.status(context())).toEqual({ state: 'changed', what: 'its chart changed' })
    inputs.fingerprint = { chart: '2', values: '3', revision: '1' }
    expect(await step.status(context())).toEqual({ state: 'changed', what: 'its chart, values, and revision changed' })
    expect(calls).not.toContain('look')
  })

  it('is what the thing itself shows when no input differs', async () => {
    const { step } = setUp({ probe: () => Promise.resolve({ state: 'broken', why: 'a pod crashes' }) })
    await step.up(context())
    expect(await step.status(context())).toEqual({ state: 'broken', why: 'a pod crashes' })
  })
})

it('is changed while its containers hold files that their image lacks, though no input differs', async () => {
  const { step, entries } = setUp()
  await step.up(context())
  entries.set('service/web', { ...entries.get('service/web')!, synced: '2026-01-01T00:00:00.000Z' })
  expect(await step.status(context())).toEqual({
    state: 'changed',
    what: 'its containers hold files that were synced into them',
  })
})

describe('the work of a recorded step', () => {
  it('is written down before and after', async () => {
    const { step, calls } = setUp()
    await step.up(context())
    expect(calls).toEqual(['begin ["web"]', 'up over undefined', 'finish'])
  })

  it('can undo the old and the new until it is done, and then the new alone', async () => {
    const { step, calls, inputs, entries } = setUp()
    await step.up(context())
    inputs.release = 'dev-web'
    calls.length = 0
    await step.up(context())
    expect(calls).toEqual(['begin ["web","dev-web"]', 'up over ["web"]', 'finish'])
    expect(entries.get('service/web')?.undo).toEqual(['dev-web'])
  })

  it('counts a change while it works as a change for the next run', async () => {
    const { step, inputs } = setUp({
      up: () => {
        inputs.fingerprint = { chart: 'saved meanwhile', values: '1' }
        return Promise.resolve()
      },
    })
    await step.up(context())
    expect(await step.status(context())).toEqual({ state: 'changed', what: 'its chart changed' })
  })

  it('is forgotten only once it is undone', async () => {
    const { step, calls, entries } = setUp()
    await step.up(context())
    calls.length = 0
    await step.down(context())
    expect(calls).toEqual(['down ["web"]', 'forget'])
    const stuck = setUp({ down: () => Promise.reject(new Error('stuck')) })
    await stuck.step.up(context())
    await expect(stuck.step.down(context())).rejects.toThrow('stuck')
    expect([entries.size, stuck.entries.size]).toEqual([0, 1])
  })
})

describe('an input that nothing is made from', () => {
  const aside = (calls: string[]): Partial<RecordedWork> => ({
    aside: { inputs: ['tests'], up: () => (calls.push('aside'), Promise.resolve()) },
    prepare: (_ctx, isDue) => (calls.push(`prepare ${isDue}`), Promise.resolve()),
    keep: () => (calls.push('keep'), Promise.resolve()),
  })
  const made = async (more: Partial<RecordedWork> = {}) => {
    const own: string[] = []
    const at = setUp({ ...aside(own), ...more })
    at.inputs.fingerprint = { chart: '1', tests: '1' }
    await at.step.up(context())
    own.length = 0
    at.calls.length = 0
    return { ...at, own }
  }

  it('is all that is done where it alone changed', async () => {
    const { step, inputs, calls, own, entries } = await made()
    inputs.fingerprint = { chart: '1', tests: '2' }
    expect(await step.status(context())).toEqual({ state: 'changed', what: 'its tests changed' })
    await step.prepare?.(context(), true)
    await step.up(context())
    expect(own).toEqual(['aside', 'keep'])
    expect(calls.filter((call) => call !== 'look')).toEqual(['finish'])
    expect(entries.get('service/web')?.fingerprint).toEqual({ chart: '1', tests: '2' })
    expect(await step.status(context())).toEqual({ state: 'ready' })
  })

  it('is no reason to leave out the rest where that changed too, is broken, or was never finished', async () => {
    const { step, inputs, calls, own } = await made()
    inputs.fingerprint = { chart: '2', tests: '2' }
    await step.prepare?.(context(), true)
    await step.up(context())
    expect([own, calls]).toEqual([
      ['prepare true', 'keep'],
      ['begin ["web","web"]', 'up over ["web"]', 'finish'],
    ])
    const broken = await made({ probe: () => Promise.resolve({ state: 'broken', why: 'a pod crashes' }) })
    broken.inputs.fingerprint = { chart: '1', tests: '2' }
    expect(await broken.step.status(context())).toEqual({ state: 'broken', why: 'a pod crashes' })
    await broken.step.up(context())
    expect(broken.own).toEqual(['keep'])
    expect(broken.calls).toContain('up over ["web"]')
  })

  it('stays changed where it fails, and the entry is that of before', async () => {
    const { step, inputs, entries } = await made({
      aside: { inputs: ['tests'], up: () => Promise.reject(new Error('no answer')) },
    })
    inputs.fingerprint = { chart: '1', tests: '2' }
    await expect(step.up(context())).rejects.toThrow('no answer')
    expect(entries.get('service/web')?.fingerprint).toEqual({ chart: '1', tests: '1' })
    expect(await step.status(context())).toEqual({ state: 'changed', what: 'its tests changed' })
  })
})
