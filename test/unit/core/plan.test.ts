import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { assess, factsOf } from '../../../core/assess.ts'
import { EnvironmentError } from '../../../core/errors.ts'
import { narrowed } from '../../../core/narrow.ts'
import { inOrder } from '../../../core/order.ts'
import { changesSomething, makePlan } from '../../../core/plan.ts'
import type { Status } from '../../../core/step.ts'
import { context, step } from '../../support/steps.ts'

const ids = (steps: readonly { id: string }[]) => steps.map(({ id }) => id)

describe('the order of steps', () => {
  it('puts each behind what it needs, whatever the order of the file', () => {
    const shuffled = fc
      .integer({ min: 2, max: 12 })
      .chain((count) =>
        fc.tuple(
          fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
          fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 30 }),
        ),
      )
    fc.assert(
      fc.property(shuffled, ([order, edges]) => {
        const steps = order.map((n) =>
          step(`s${n}`, { needs: edges.filter(([from, to]) => from === n && to < n).map(([, to]) => `s${to}`) }),
        )
        const sorted = inOrder(steps)
        expect(ids(sorted).toSorted()).toEqual(ids(steps).toSorted())
        for (const [index, { needs = [] }] of sorted.entries())
          for (const need of needs) expect(ids(sorted).indexOf(need)).toBeLessThan(index)
      }),
    )
  })

  it('names a circle', () => {
    const circle = [step('a', { needs: ['b'] }), step('b', { needs: ['c'] }), step('c', { needs: ['b'] })]
    expect(() => inOrder(circle)).toThrow('These need each other: b → c → b.')
  })

  it('names a need that is missing, and an id used twice', () => {
    expect(() => inOrder([step('a', { needs: ['b'] })])).toThrow('a needs b, and the file has no such step.')
    expect(() => inOrder([step('a'), step('a')])).toThrow('Two steps are both called a.')
  })
})

describe('narrowing', () => {
  const steps = [
    step('cluster/api'),
    step('addon/x', { needs: ['cluster/api'] }),
    step('addon/y', { needs: ['cluster/api'] }),
    step('service/a', { needs: ['addon/x'] }),
  ]

  it('takes what is named with all that it needs', () => {
    expect(ids(narrowed(steps, { only: ['service/a'], skip: [] }))).toEqual(['cluster/api', 'addon/x', 'service/a'])
    expect(ids(narrowed(steps, { only: ['addon/*'], skip: [] }))).toEqual(['cluster/api', 'addon/x', 'addon/y'])
  })

  it('drops needs on what is skipped', () => {
    const [, , last] = narrowed(steps, { only: ['service/a'], skip: ['addon/x'] }).concat(step('end'))
    expect(ids(narrowed(steps, { only: ['service/a'], skip: ['addon/x'] }))).toEqual(['cluster/api', 'service/a'])
    expect(last?.id).toBe('end')
    expect(narrowed(steps, { only: [], skip: ['addon/x'] }).find(({ id }) => id === 'service/a')?.needs).toEqual([])
  })

  it('refuses a name that fits nothing, with the nearest', () => {
    expect(() => narrowed(steps, { only: ['addon/z'], skip: [] })).toThrow(
      expect.objectContaining({ exitCode: 2, hints: [expect.stringContaining('addon/')] }),
    )
  })
})

describe('a plan', () => {
  const every: [Status, string, string][] = [
    [{ state: 'ready' }, 'none', 'as it should be'],
    // `plan` has what there is to know of it as warnings, each at its line.
    [{ state: 'ready', note: 'no name is written under *.a.test' }, 'none', 'as it should be'],
    [{ state: 'absent' }, 'create', 'not there yet'],
    [{ state: 'changed', what: 'values' }, 'update', 'values'],
    [{ state: 'broken', why: '0/1 ready' }, 'update', '0/1 ready'],
    [{ state: 'unknown', why: 'no engine' }, 'create', 'no engine'],
  ]
  it.each(every)('does with %o: %s', (status, action, reason) => {
    const [planned] = makePlan([step('a')], new Map([['a', status]]))
    expect(planned).toMatchObject({ action, reason })
    expect(changesSomething([planned!])).toBe(action !== 'none')
  })

  it('creates nothing again that an earlier run made and that waits for another', () => {
    const unknown = new Map([['a', { state: 'unknown', why: 'waits for b' } as const]])
    expect(makePlan([step('a')], unknown, [], new Set(['a']))).toMatchObject([{ action: 'update', askAgain: true }])
  })

  it('removes what the file no longer has before anything else in the cluster changes', () => {
    const steps = [
      step('cluster/api', { dies: 'by-itself' }),
      step('addon/new', { needs: ['cluster/api'] }),
      step('hosts', { dies: 'by-itself' }),
    ]
    const plan = makePlan(steps, new Map(), [step('addon/old', { needs: ['cluster/api'] })])
    expect(plan.map(({ step: { id }, action }) => [id, action])).toEqual([
      ['cluster/api', 'create'],
      ['addon/old', 'remove'],
      ['addon/new', 'create'],
      ['hosts', 'create'],
    ])
  })
})

describe('assessing', () => {
  it('does not ask a step whose need is not there, but one whose need merely changed', async () => {
    const asked: string[] = []
    const asking = (id: string, status: Status) => async () => (asked.push(id), status)
    const statuses = await assess(
      [
        step('a', { status: asking('a', { state: 'absent' }) }),
        step('b', { needs: ['a'], status: asking('b', { state: 'ready' }) }),
        step('c', { needs: ['b'], status: asking('c', { state: 'ready' }) }),
        step('d', { status: asking('d', { state: 'changed', what: 'x' }) }),
        step('e', { needs: ['d'], status: asking('e', { state: 'ready' }) }),
      ],
      () => context(),
    )
    expect(asked).toEqual(['a', 'd', 'e'])
    expect(statuses.get('c')).toEqual({ state: 'unknown', why: 'waits for b', isNew: true })
    expect(statuses.get('e')).toEqual({ state: 'ready' })
  })

  it('takes nothing for new that waits for something broken', async () => {
    const of = (id: string, status: Status, needs: readonly string[] = []) =>
      step(id, { needs, status: () => Promise.resolve(status) })
    const ready: Status = { state: 'ready' }
    const statuses = await assess(
      [
        of('absent', { state: 'absent' }),
        of('stopped', { state: 'broken', why: 'stopped' }),
        of('onBoth', ready, ['absent', 'stopped']),
        of('behind', ready, ['onBoth']),
      ],
      () => context(),
    )
    expect(statuses.get('onBoth')).toEqual({ state: 'unknown', why: 'waits for absent' })
    expect(statuses.get('behind')).toEqual({ state: 'unknown', why: 'waits for onBoth' })
  })

  it('counts what cannot be asked as broken, and lets a defect through', async () => {
    const refused = step('a', { status: async () => Promise.reject(new EnvironmentError('api-refused', 'Forbidden.')) })
    expect(await assess([refused], () => context())).toEqual(new Map([['a', { state: 'broken', why: 'Forbidden.' }]]))
    const defect = step('a', { status: async () => Promise.reject(new TypeError('undefined is not a function')) })
    await expect(assess([defect], () => context())).rejects.toBeInstanceOf(TypeError)
  })

  it('puts facts together and warns about a step that cannot tell', async () => {
    const warned = context()
    const facts = await factsOf(
      [
        step('a', { facts: async () => ({ hosts: ['x.test'], endpoints: [{ name: 'a', url: 'http://x.test' }] }) }),
        step('b', { facts: async () => ({ hosts: ['x.test', 'y.test'] }) }),
        step('c', { facts: async () => Promise.reject(new EnvironmentError('x', 'No secret.')) }),
      ],
      () => warned,
    )
    expect(facts).toEqual({
      hosts: ['x.test', 'y.test'],
      endpoints: [{ name: 'a', url: 'http://x.test' }],
      credentials: [],
      ports: [],
    })
    expect(warned.warnings).toEqual(['c: No secret.'])
  })
})
