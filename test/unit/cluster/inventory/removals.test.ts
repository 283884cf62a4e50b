import { readId } from '../../../../core/identity.ts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { removalSteps } from '../../../../cluster/inventory/removals.ts'
import type { InventoryEntry } from '../../../../cluster/inventory/inventory.ts'
import { inOrder } from '../../../../core/order.ts'
import { context } from '../../../support/steps.ts'

const entry = (id: string, needs: readonly string[] = [], kind = 'helm'): InventoryEntry => ({
  id,
  of: readId(id),
  title: `the ${id}`,
  kind,
  needs,
  undo: { of: id },
})
const mapOf = (entries: readonly InventoryEntry[]) => new Map(entries.map((one) => [one.id, one]))
const noRecord = () => Promise.reject(new Error('nobody asked for the record'))

describe('removals', () => {
  it('are what the file no longer has', async () => {
    const entries = mapOf([entry('addon/flux'), entry('addon/argocd')])
    const [step, ...others] = removalSteps(entries, ['addon/argocd', 'hosts'], {}, noRecord)
    expect(others).toEqual([])
    expect(step).toMatchObject({ id: 'addon/flux', title: 'the addon/flux (no longer in the file)' })
    expect(await step?.status(context())).toMatchObject({ state: 'changed' })
  })

  it('undo with what the record holds, and then forget', async () => {
    const calls: unknown[] = []
    const record = {
      entries: noRecord,
      begin: noRecord,
      finish: noRecord,
      markSynced: () => Promise.reject(new Error('not asked for')),
      forget: (id: string) => Promise.resolve(void calls.push(`forget ${id}`)),
    }
    const undoers = { helm: ({ undo }: InventoryEntry) => Promise.resolve(void calls.push(undo)) }
    const [step] = removalSteps(mapOf([entry('addon/flux')]), [], undoers, () => Promise.resolve(record))
    await step?.down(context())
    expect(calls).toEqual([{ of: 'addon/flux' }, 'forget addon/flux'])
  })

  it('say so when nobody knows how to undo', async () => {
    const [step] = removalSteps(mapOf([entry('x', [], 'constructor')]), [], {}, noRecord)
    await expect(step?.down(context())).rejects.toMatchObject({ code: 'record-unknown-kind' })
  })

  it('take away what needed another before that other, whatever was recorded', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f']
    const needs = fc.array(fc.constantFrom(...ids, 'cluster/api'), { maxLength: 4 })
    const records = fc.tuple(...ids.map((id) => needs.map((all) => entry(id, [...new Set(all)]))))
    fc.assert(
      fc.property(records, fc.subarray(ids), (all, kept) => {
        const steps = removalSteps(mapOf(all), kept, {}, noRecord)
        expect(steps.map(({ id }) => id).toSorted()).toEqual(ids.filter((id) => !kept.includes(id)))
        // A walk can take them: no circle, no need of a step that is not there.
        const order = inOrder(steps).map(({ id }) => id)
        for (const step of steps)
          for (const need of step.needs ?? []) expect(order.indexOf(need)).toBeLessThan(order.indexOf(step.id))
      }),
    )
    const chain = removalSteps(mapOf([entry('db'), entry('web', ['db']), entry('ui', ['web'])]), [], {}, noRecord)
    expect(chain.map(({ id, needs: after }) => [id, after])).toEqual([
      ['ui', []],
      ['web', ['ui']],
      ['db', ['web']],
    ])
  })
})
