import { expect, it } from 'vitest'
import { writtenIn } from '../../../../manifests/helm/value-leaves.ts'

it('tells all that a values file sets, each where its value begins', () => {
  const text = 'image:\n  tag: "1.4"\nports: [80, { name: http }]\nempty:\n'
  expect(writtenIn(text, 'v').map(({ keys, value, at }) => [keys.join('/'), value, at.line, at.column])).toEqual([
    ['image', undefined, 1, 1],
    ['image/tag', '1.4', 2, 8],
    ['ports', undefined, 3, 1],
    ['ports/0', 80, 3, 9],
    ['ports/1/name', 'http', 3, 21],
    ['empty', null, 4, 7],
  ])
})

it('tells nothing of what is no YAML', () => {
  expect(writtenIn('a: [1\nb: 2\n', 'v')).toEqual([])
})
