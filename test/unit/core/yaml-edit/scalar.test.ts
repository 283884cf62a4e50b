import { isScalar, parseDocument, Scalar } from 'yaml'
import { expect, test } from 'vitest'
import { said, scalarText } from '../../../../core/yaml-edit/scalar.ts'

test.for([
  ['1.10', 1.1],
  ['on', true],
  ['no', false],
  ['0x1f', 31],
  ['0o17', 15],
  ['v1', 'v1'],
  ['"1.10"', '1.10'],
  ["'on'", 'on'],
  ['|\n  on', 'on\n'],
  ['2026-01-02', '2026-01-02'],
  ['~', null],
  ['null', null],
  ['true', true],
  ['a b', 'a b'],
] as const)('%j says %j', ([text, value]) => expect(said(parseDocument(text).contents)).toBe(value))

test('what is no scalar says nothing, and what is none of these is as it is written', () => {
  expect(said(parseDocument('[a]').contents)).toBeNull()
  expect(said(undefined)).toBeNull()
  const large = parseDocument('12345678901234567890', { intAsBigInt: true }).contents
  expect(said(large)).toBe('12345678901234567890')
  expect(said(new Scalar({}))).toBe('')
})

test.for([
  ['web', 'web'],
  ['1.2.3', '1.2.3'],
  ['reg.example:5000/web@sha256', 'reg.example:5000/web@sha256'],
  ['1.10', '"1.10"'],
  ['on', '"on"'],
  ['017', '"017"'],
  ['null', '"null"'],
  ['2026-01-02', '"2026-01-02"'],
  ['a:', '"a:"'],
  ['a b', '"a b"'],
  ['-a', '"-a"'],
  ['', '""'],
  ['a"b', '"a\\"b"'],
  ['web\n', '"web\\n"'],
  [' web', '" web"'],
] as const)('%j is written as %s', ([value, text]) => {
  expect(scalarText(value)).toBe(text)
  expect(parseDocument(text).toJSON()).toBe(value)
})

test.for([
  ["'x'", "it's", "'it''s'"],
  ['"x"', 'web', '"web"'],
  ['x', 'web', 'web'],
  ['|\n  x', 'web', 'web'],
] as const)('in place of %j, %j is %j', ([before, value, text]) => {
  const { contents } = parseDocument(before)
  expect(isScalar(contents) && scalarText(value, contents)).toBe(text)
})
