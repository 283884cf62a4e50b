import { parse, stringify } from 'yaml'
import { describe, expect, test } from 'vitest'
import { applyEdits } from '../../../../core/yaml-edit/edits.ts'
import {
  addPairs,
  insertLines,
  lineEnd,
  pairNamed,
  removePair,
  renamePair,
  replaceNode,
  setValue,
} from '../../../../core/yaml-edit/pairs.ts'
import { mapOf } from './parsed.ts'

test('a key is found by what it says, a number too', () => {
  const { map } = mapOf('a: 1\n1: b\n? [c]\n: d\n')
  expect(pairNamed(map, 'a')?.value?.toJSON()).toBe(1)
  expect(pairNamed(map, '1')?.value?.toJSON()).toBe('b')
  expect(pairNamed(map, '[c]')).toBeUndefined()
  expect(pairNamed(map, 'b')).toBeUndefined()
})

test.for([
  ['ab\ncd', 0, 2],
  ['ab\r\ncd', 1, 2],
  ['a\r\n', 2, 2],
  ['ab', 1, 2],
  ['\n', 0, 0],
] as const)('the line of %j at %i ends at %i', ([text, at, end]) => expect(lineEnd(text, at)).toBe(end))

/** The text that comes of the edits; the document, which later edits go by, says the same as it. */
const after = (
  text: string,
  edit: (of: ReturnType<typeof mapOf>) => ReturnType<typeof setValue>,
  isDocumentKept = true,
): string => {
  const of = mapOf(text)
  const result = applyEdits(text, edit(of))
  if (isDocumentKept) expect(parse(stringify(of.map))).toEqual(parse(result))
  return result
}

describe('the value of a key', () => {
  test.for([
    ['a: x # c\n', 'a: new # c\n'],
    ['a: "x"\nb: 1\n', 'a: "new"\nb: 1\n'],
    ['a:\nb: 1\n', 'a: new\nb: 1\n'],
    ['a: # soon\n', 'a: new # soon\n'],
    ['a: {x: 1}\nb: 1\n', 'a: new\nb: 1\n'],
    ['b: &x 1\na: *x\n', 'b: &x 1\na: new\n'],
    ['a: &x 1\nb: *x\n', 'a: &x new\nb: *x\n'],
    ['{b: 1, a: x}', '{b: 1, a: new}'],
  ] as const)('of %j', ([before, result]) =>
    expect(
      after(before, ({ document, pair }) => setValue(document, before, pair('a'), 'new'), !before.includes('{x')),
    ).toBe(result),
  )
  test('of a key that has no colon stays', () =>
    expect(after('{a, b: 1}', ({ document, pair }) => setValue(document, '{a, b: 1}', pair('a'), 'new'), false)).toBe(
      '{a, b: 1}',
    ))
  test('has no place where nothing stands', () => {
    const { pair } = mapOf('a: x\nb:\n')
    expect(replaceNode('a: x\nb:\n', pair('a').value!, '1.10')).toEqual({ start: 3, end: 4, text: '"1.10"' })
    const empty = mapOf('a: ""\nb:\n- \n').list('b').items[0]
    expect(replaceNode('a: ""\nb:\n- \n', empty as never, 'x')).toBeUndefined()
  })
})

describe('another key', () => {
  test.for([
    ['a: x # c\nb: 1\n', 'k: new # c\nb: 1\n'],
    ['"a": \'x\'\n', '"k": \'new\'\n'],
    ['a:\n', 'k: new\n'],
  ] as const)('in %j', ([before, result]) =>
    expect(after(before, ({ document, pair }) => renamePair(document, before, pair('a'), ['k', 'new']))).toBe(result),
  )
})

describe('keys that are added', () => {
  const added = [
    ['x', 'w'],
    ['n', '1.10'],
  ] as const
  test.for([
    ['a: 1\n', 'a: 1\nx: w\nn: "1.10"\n'],
    ['a: 1 # c\n# end\n', 'a: 1 # c\nx: w\nn: "1.10"\n# end\n'],
    ['a: 1\r\nb:\r\n  - c\r\n', 'a: 1\r\nb:\r\n  - c\r\nx: w\r\nn: "1.10"\r\n'],
    ['a: 1\nb:\n', 'a: 1\nb:\nx: w\nn: "1.10"\n'],
    ['  a: 1', '  a: 1\n  x: w\n  n: "1.10"'],
    ['{ a: 1, b: [c] }', '{ a: 1, b: [c], x: w, n: "1.10" }'],
    ['{ a: 1, b }', '{ a: 1, b, x: w, n: "1.10" }'],
  ] as const)('to %j', ([before, result]) =>
    expect(after(before, ({ document, map }) => addPairs(document, before, map, added))).toBe(result),
  )
  test('behind a list whose last entry is empty', () => {
    const text = 'a:\n  - b\n  -\n'
    expect(after(text, ({ document, map }) => addPairs(document, text, map, added))).toBe(`${text}x: w\nn: "1.10"\n`)
  })
  test('want one to stand behind', () =>
    expect(after('{}', ({ document, map }) => addPairs(document, '{}', map, added))).toBe('{}'))
  test('or lines, behind a value of several', () => {
    const text = 'a: |\n  x\n  y\nb: 1\n'
    expect(applyEdits(text, [insertLines(text, mapOf(text).pair('a'), ['  z', '  0'])])).toBe(
      'a: |\n  x\n  y\n  z\n  0\nb: 1\n',
    )
  })
})

describe('a key that is taken out', () => {
  test.for([
    ['b: 1\na: 2 # c\nd: 3\n', 'b: 1\nd: 3\n'],
    ['b: 1\n# of a\na: 2\nd: 3\n', 'b: 1\n# of a\nd: 3\n'],
    ['b: 1\r\n# of a\r\na: 2\r\nd: 3\r\n', 'b: 1\r\n# of a\r\nd: 3\r\n'],
    ['b: 1\na: 2', 'b: 1'],
    ['b: [1]\na:\n  - x\n  -\nd: 3\n', 'b: [1]\nd: 3\n'],
    ['b:\na:\nd: 3\n', 'b:\nd: 3\n'],
    ['a: 2\nb: 1\n', 'b: 1\n'],
    ['a: 2\nb: 1\n# end\n', 'b: 1\n# end\n'],
    ['a: 2 # c\nb: 1\n', 'b: 1\n'],
    ['a: 2\n# of b\nb: 1\n', '\n# of b\nb: 1\n'],
    ['{ a: 2, b: 1 }', '{ b: 1 }'],
    ['{ b: 1, a: 2, c: 3 }', '{ b: 1, c: 3 }'],
    ['{ b: 1, a }', '{ b: 1 }'],
    ['{ a: 2 }', '{  }'],
  ] as const)('from %j', ([before, result]) =>
    expect(after(before, ({ map, pair }) => removePair(before, map, pair('a')))).toBe(result),
  )
  test('as the only one', () =>
    expect(after('a: 2\n', ({ map, pair }) => removePair('a: 2\n', map, pair('a')), false)).toBe('\n'))
})
