import { describe, expect, it } from 'vitest'
import type { Step } from '../../../../core/step.ts'
import type { Environment } from '../../../../app/environment.ts'
import { hashOfEnvironment, makeReadiness } from '../../../../app/watch/readiness.ts'
import { context, step } from '../../../support/steps.ts'

const environment = (config: object, ...steps: readonly Step[]): Environment =>
  ({ config, steps }) as unknown as Environment
const made = (id: string, hash?: string): Step => step(id, hash === undefined ? {} : { inputs: { hash, files: [] } })
const done = (id: string) => ({ id, result: 'updated' as const, seconds: 1 })
const states = (steps: readonly Step[]) =>
  Promise.all(steps.map(async (one) => [one.id, (await one.status(context())).state] as const)).then(Object.fromEntries)

describe('what a watch knows to be ready', () => {
  it('is what was done and is made from the same', async () => {
    const readiness = makeReadiness()
    const before = environment({}, made('a', '1'), made('b', '1'), made('c', '1'))
    expect(await states(readiness.settled(before))).toEqual({ a: 'absent', b: 'absent', c: 'absent' })
    readiness.done(before, [done('a'), done('b')])
    const now = environment({}, made('a', '1'), made('b', '2'), made('c', '1'))
    expect(await states(readiness.settled(now))).toEqual({ a: 'ready', b: 'absent', c: 'absent' })
  })

  it('is not what was begun and not done, although it is made from the same again', async () => {
    const readiness = makeReadiness()
    const before = environment({}, made('a', '1'))
    readiness.done(before, [done('a')])
    readiness.settled(environment({}, made('a', '2')))
    expect(await states(readiness.settled(before))).toEqual({ a: 'absent' })
  })

  it('is not what the file lost in between', async () => {
    const readiness = makeReadiness()
    const before = environment({}, made('a', '1'), made('b', '1'))
    readiness.done(before, [done('a'), done('b')])
    readiness.settled(environment({}, made('a', '1')))
    expect(await states(readiness.settled(before))).toEqual({ a: 'ready', b: 'absent' })
  })

  it('is nothing that may be made from anything the file says, once the file says something else', async () => {
    const readiness = makeReadiness()
    const before = environment({ workers: 1 }, made('cluster/nodes'))
    readiness.done(before, [done('cluster/nodes')])
    expect(await states(readiness.settled(environment({ workers: 1 }, made('cluster/nodes'))))).toEqual({
      'cluster/nodes': 'ready',
    })
    expect(await states(readiness.settled(environment({ workers: 2 }, made('cluster/nodes'))))).toEqual({
      'cluster/nodes': 'absent',
    })
  })

  it('is nothing after it was forgotten', async () => {
    const readiness = makeReadiness()
    const before = environment({}, made('a', '1'))
    readiness.done(before, [done('a')])
    expect(readiness.has('a')).toBe(true)
    readiness.forget()
    expect(await states(readiness.settled(before))).toEqual({ a: 'absent' })
  })
})

it('an environment is another one with every step that comes, goes or is made from something else', () => {
  const hash = (...steps: readonly Step[]) => hashOfEnvironment(environment({}, ...steps))
  const all = [hash(made('a', '1')), hash(made('a', '2')), hash(made('b', '1')), hash(made('a', '1'), made('b', '1'))]
  expect(new Set(all).size).toBe(4)
  expect(hash(made('a', '1'))).toBe(all[0])
})
