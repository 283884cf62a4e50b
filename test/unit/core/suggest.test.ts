import { expect, it } from 'vitest'
import { nearest } from '../../../core/suggest.ts'

it.each([
  ['adons', ['addons', 'images'], 'addons'],
  ['form', ['from', 'for-each'], 'from'],
  ['Kubernetes', ['kubernetes'], 'kubernetes'],
  ['environ', ['environments', 'images'], 'environments'],
  ['xyz', ['addons', 'images'], undefined],
  ['a', [], undefined],
])('for %s of %j it proposes %s', (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected)
})
