import { describe, expect, it } from 'vitest'
import { makeObservations } from '../../../core/observations.ts'

/** Answers 1, 2, 3 … as it is asked. */
const counting = () => {
  let asked = 0
  return () => Promise.resolve(++asked)
}

describe('looks', () => {
  it('asks the same once while it looks, also of who asks at the same time', async () => {
    const looks = makeObservations()
    looks.probe()
    const ask = counting()
    expect(await Promise.all([looks.answer('a', ask), looks.answer('a', ask), looks.answer('b', ask)])).toEqual([
      1, 1, 2,
    ])
    expect(await looks.answer('a', ask)).toBe(1)
  })

  it.each([
    ['when a new look begins', (looks: ReturnType<typeof makeObservations>) => looks.probe()],
    ['when something was changed', (looks: ReturnType<typeof makeObservations>) => looks.changed()],
    ['from when it acts', (looks: ReturnType<typeof makeObservations>) => looks.act()],
  ])('asks again %s', async (_when, happens) => {
    const looks = makeObservations()
    looks.probe()
    const ask = counting()
    await looks.answer('a', ask)
    happens(looks)
    expect(await looks.answer('a', ask)).toBe(2)
  })

  it('keeps nothing before it is told to look, and while it acts', async () => {
    const looks = makeObservations()
    const ask = counting()
    expect([await looks.answer('a', ask), await looks.answer('a', ask)]).toEqual([1, 2])
    looks.probe()
    looks.act()
    looks.changed()
    expect([await looks.answer('a', ask), await looks.answer('a', ask)]).toEqual([3, 4])
  })

  it('does not take for an answer of now what was asked before a change', async () => {
    const looks = makeObservations()
    looks.probe()
    const before = Promise.withResolvers<string>()
    const early = looks.answer('a', () => before.promise)
    looks.changed()
    const late = looks.answer('a', () => Promise.resolve('after'))
    before.resolve('before')
    expect([await early, await late, await looks.answer('a', () => Promise.resolve('never'))]).toEqual([
      'before',
      'after',
      'after',
    ])
  })

  it('asks again what failed', async () => {
    const looks = makeObservations()
    looks.probe()
    await expect(looks.answer('a', () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await looks.answer('a', () => Promise.resolve('there'))).toBe('there')
  })
})
