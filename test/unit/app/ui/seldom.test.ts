import { expect, it } from 'vitest'
import { seldom } from '../../../../app/ui/seldom.ts'

it('looks once for all who ask at the same time, and again after a rest', async () => {
  let [looks, now] = [0, 0]
  const look = seldom(
    async () => ++looks,
    100,
    () => now,
  )
  expect(await Promise.all([look(), look()])).toEqual([1, 1])
  now = 99
  expect(await look()).toBe(1)
  now = 100
  expect(await look()).toBe(2)
})

it('looks again at once where a look failed', async () => {
  let looks = 0
  const look = seldom(
    async () => {
      if (++looks === 1) throw new Error('no answer')
      return looks
    },
    100,
    () => 0,
  )
  await expect(look()).rejects.toThrow('no answer')
  expect(await look()).toBe(2)
})
