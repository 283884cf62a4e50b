import { isSeq, Pair, parseDocument } from 'yaml'
import { describe, expect, test } from 'vitest'
import { colonOf, dashesOf, endOf, itemsOf, keyOf, pairsOf, valueRange } from '../../../../core/yaml-edit/nodes.ts'
import { mapOf } from './parsed.ts'

test('pairs and items are those that were parsed', () => {
  const { document, map, list } = mapOf('a: 1\nb:\nl: [x]\n')
  map.set('x', 1)
  map.items.push(new Pair(document.createNode('y'), 1), new Pair('z', null))
  expect(pairsOf(map).map(keyOf)).toEqual(['a', 'b', 'l'])
  const items = list('l')
  items.items.push('y')
  expect(itemsOf(items).map((item) => item.toJSON())).toEqual(['x'])
})

test('a key that is no scalar has no name', () => {
  const { map } = mapOf('? [a]\n: 1\n2: b\n')
  expect(pairsOf(map).map(keyOf)).toEqual(['', '2'])
})

describe('the text of a value', () => {
  test.for([
    ['a: x # c\n', ' x'],
    ['a:\nb: 1\n', ''],
    ['a: # c\nb: 1\n', ''],
    ['a: "x y"\n', ' "x y"'],
    ['a: ""\n', ' ""'],
    ['a: |\n  x\n  y\n\nb: 1\n', ' |\n  x\n  y'],
    ['a: |+\n  x\n\n\nb: 1\n', ' |+\n  x'],
    ['a:\n  - x\n  - y\n# c\nb: 1\n', '\n  - x\n  - y'],
    ['a:\n  - x\n  - y\n  -\n# c\nb: 1\n', '\n  - x\n  - y\n  -'],
    ['a:\n  c: 1\n  d:\n# c\nb: 1\n', '\n  c: 1\n  d:'],
    ['a:\n  c:\n    - { x: 1 } # c\nb: 1\n', '\n  c:\n    - { x: 1 }'],
    ['a:\n  ? k\nb: 1\n', '\n  ? k'],
    ['a: { x: 1,\n  y: 2 } # c\n', ' { x: 1,\n  y: 2 }'],
    ['a: [ x ]\r\nb: 1\r\n', ' [ x ]'],
  ] as const)('of %j', ([text, value]) => expect(text.slice(...valueRange(text, mapOf(text).pair('a')))).toBe(value))
  test('ends where the last leaf ends, and not on the next line', () => {
    const text = 'a:\r\n  - x\r\n'
    expect(endOf(text, mapOf(text).list('a'))).toBe(text.indexOf('x') + 1)
  })
})

test('dashes are those of block lists', () => {
  expect(dashesOf(mapOf('l:\n  - a\n  # c\n  - b\n').list('l'))).toEqual([5, 17])
  expect(dashesOf(mapOf('l: [a]\n').list('l'))).toEqual([])
  const list = parseDocument('- a\n').contents
  // Without its source tokens nobody knows.
  expect(isSeq(list) && dashesOf(list)).toEqual([])
})

test('a colon is where it stands, or nowhere', () => {
  expect(colonOf(mapOf('a : 1\n').pair('a'))).toBe(2)
  expect(colonOf(mapOf('{a, b: 1}').pair('a'))).toBeUndefined()
})
