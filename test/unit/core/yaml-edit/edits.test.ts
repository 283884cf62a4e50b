import { isSeq, parseDocument } from 'yaml'
import { describe, expect, test } from 'vitest'
import {
  applyEdits,
  commentsIn,
  insertEntry,
  insertFirst,
  lineEndOf,
  lineStart,
  removeEntries,
  removePairs,
} from '../../../../core/yaml-edit/edits.ts'
import { itemsOf, pairsOf } from '../../../../core/yaml-edit/nodes.ts'
import { mapOf } from './parsed.ts'

describe('edits', () => {
  test.for([
    ['none', [], 'abcdef'],
    [
      'in any order',
      [
        { start: 4, end: 5, text: 'X' },
        { start: 1, end: 2, text: 'Y' },
      ],
      'aYcdXf',
    ],
    [
      'what is put in stands before what is replaced at the same place',
      [
        { start: 2, end: 4, text: 'R' },
        { start: 2, end: 2, text: 'I' },
      ],
      'abIRef',
    ],
    [
      'one within another',
      [
        { start: 0, end: 3, text: 'A' },
        { start: 1, end: 2, text: 'B' },
      ],
      'ABdef',
    ],
  ] as const)('%s', ([, edits, after]) => expect(applyEdits('abcdef', edits)).toBe(after))
})

test.for([
  ['a\r\nb\n', '\r\n'],
  ['\r\n', '\r\n'],
  ['a\nb\r\n', '\n'],
  ['a', '\n'],
  ['a\r', '\n'],
] as const)('the line end of %j', ([text, end]) => expect(lineEndOf(text)).toBe(end))

test.for([
  ['ab\ncd', 4, 3],
  ['ab\ncd', 3, 3],
  ['ab\ncd', 2, 0],
] as const)('the line of %j at %i begins at %i', ([text, at, start]) => expect(lineStart(text, at)).toBe(start))

test.for([
  ['a # no\n  # x \t\nb: "# no"\n#y', '\n  # x\n#y'],
  ['a\r\n# x\r\nb\r\n', '\r\n# x'],
  ['a\nb', ''],
] as const)('the comment lines of %j', ([text, comments]) => expect(commentsIn(text, 0, text.length)).toBe(comments))

test('the comment lines of a part alone', () => expect(commentsIn('# a\n# b\n# c', 4, 7)).toBe('\n# b'))

describe('an entry that is put first', () => {
  const put = (text: string): string => {
    const { map, pair } = mapOf(text)
    const config = { text, root: pairsOf(map), style: 'block' } as const
    return applyEdits(text, [insertEntry(config, pair('l'), (indent) => `${' '.repeat(indent)}- new`, 'new')])
  }
  test.for([
    ['a: 1\nl:\n  - x\n  - y\n', 'a: 1\nl:\n  - new\n  - x\n  - y\n'],
    ['l: # all\n# about x\n- x\n', 'l: # all\n- new\n# about x\n- x\n'],
    ['l:\r\n- x\r\n', 'l:\r\n- new\r\n- x\r\n'],
    ['a: [1]\nl: [ x, y ]\n', 'a: [1]\nl: [ new, x, y ]\n'],
    ['a: 1\nl: []\n', 'a: 1\nl: [new]\n'],
  ] as const)('in %j', ([before, after]) => expect(put(before)).toBe(after))
  test('is refused where there is no list', () => expect(() => put('l: 1\n')).toThrow('l holds no list'))
  test('of brackets alone stands behind the first', () =>
    expect(insertFirst(mapOf('l: []').list('l'), undefined, 'x')).toEqual({ start: 4, end: 4, text: 'x' }))
})

describe('entries that are taken out', () => {
  const without = (text: string, ...gone: readonly string[]): string => {
    const document = parseDocument(text, { keepSourceTokens: true })
    const list = isSeq(document.contents) ? document.contents : mapOf(text).list('l')
    const nodes = itemsOf(list).filter((item) => gone.includes(String(item.toJSON().name ?? item)))
    expect(nodes).toHaveLength(gone.length)
    return applyEdits(text, removeEntries(text, list, new Set(nodes)))
  }
  const block = 'l:\n- a\n- b\n- c\nz: 1\n'
  const flow = 'l: [ a, b, c ] # x\n'
  test.for([
    [block, ['a'], 'l:\n- b\n- c\nz: 1\n'],
    [block, ['b'], 'l:\n- a\n- c\nz: 1\n'],
    [block, ['c'], 'l:\n- a\n- b\nz: 1\n'],
    [block, ['a', 'b'], 'l:\n- c\nz: 1\n'],
    [block, ['a', 'c'], 'l:\n- b\nz: 1\n'],
    [block, ['a', 'b', 'c'], 'l:\nz: 1\n'],
    [block, [], block],
    ['l:\n- a\n# of both\n- b\n- c\n', ['a', 'b'], 'l:\n# of both\n- c\n'],
    ['l:\n- a\n\n- b\n- c\n', ['a', 'b'], 'l:\n- c\n'],
    ['l:\n- name: a\n  # within\n  of: 1\n- b\n', ['a'], 'l:\n  # within\n- b\n'],
    ['l:\n- a\n- b', ['b'], 'l:\n- a'],
    ['- a', ['a'], ''],
    ['- a # tail\n- b\n', ['a'], ' # tail\n- b\n'],
    ['l:\r\n- a\r\n- b\r\n', ['a'], 'l:\r\n- b\r\n'],
    ['l:\r\n- a\r\n- b\r\n', ['b'], 'l:\r\n- a\r\n'],
    ['- a\n- b\n', ['a'], '- b\n'],
    ['- a \t\r\n- b\r\n', ['a'], '- b\r\n'],
    ['- name: a\n  # within\n  of: 1\n- b\n', ['a'], '  # within\n- b\n'],
    ['- name: a\r\n  # within\r\n  of: 1\r\n- b\r\n', ['a'], '  # within\r\n- b\r\n'],
    [flow, ['a'], 'l: [ b, c ] # x\n'],
    [flow, ['b'], 'l: [ a, c ] # x\n'],
    [flow, ['c'], 'l: [ a, b ] # x\n'],
    [flow, ['b', 'c'], 'l: [ a ] # x\n'],
    [flow, ['a', 'c'], 'l: [ b ] # x\n'],
    [flow, ['a', 'b', 'c'], 'l: [  ] # x\n'],
    ['l: [ a, b , ]\n', ['a', 'b'], 'l: [  ]\n'],
    ['l: [ a, b, ]\n', ['a', 'b'], 'l: [  ]\n'],
    ['{ l: [ a ], b: 1 }', ['a'], '{ l: [  ], b: 1 }'],
    ['l: []\n', [], 'l: []\n'],
    [flow, [], flow],
  ] as const)('%j without %j', ([before, gone, after]) => expect(without(before, ...gone)).toBe(after))
})

describe('pairs that are taken out', () => {
  const without = (text: string, ...gone: readonly string[]): string => {
    const { map, pair } = mapOf(text)
    const config = { text, root: pairsOf(map), style: map.flow === true ? 'flow' : 'block' } as const
    return applyEdits(text, removePairs(config, new Set(gone.map(pair))))
  }
  test.for([
    ['a: 1\nb:\n  c: 1\nd: 2\n', ['b'], 'a: 1\nd: 2\n'],
    ['a: 1\nb:\nd: 2\n', ['b'], 'a: 1\nd: 2\n'],
    ['a: 1\nb:\n  # within\n  c: 1\nd: 2\n', ['b'], 'a: 1\n  # within\nd: 2\n'],
    ['a: 1\nb: [1,\n  2]\nd: 2\n', ['a', 'b'], 'd: 2\n'],
    ['a: 1\nb: 1\nd: 2\n', ['d'], 'a: 1\nb: 1\n'],
    ['{ a: 1, b: 2, c: 3 }', ['b'], '{ a: 1, c: 3 }'],
    ['{ a: 1, b: 2 }', ['b'], '{ a: 1 }'],
    ['{ long, b: 2 }', ['long'], '{ b: 2 }'],
    ['a:\n  ? k\nb: 1\n', ['a'], 'b: 1\n'],
    ['a:\n  - x\n  -\nb: 1\n', ['a'], 'b: 1\n'],
    ['{ a: 1, b: 2 }', ['a', 'b'], '{  }'],
  ] as const)('%j without %j', ([before, gone, after]) => expect(without(before, ...gone)).toBe(after))
})
