import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { asNumberOrBoolean, interpolate } from '../../../config/interpolate.ts'

// Those that mean something here, and some that do not.
const letter = fc.constantFrom('$', '{', '}', ':', '-', '.', '&', 'A', 'é', '😀', '\n', ' ')
const variable = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/)
const value = fc.string({ minLength: 1, unit: letter })

test('text without a dollar sign stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: letter }), (text) => {
      const plain = text.replaceAll('$', '')
      expect(interpolate(plain, {})).toEqual({ text: plain, whole: false, troubles: [] })
    }),
  )
})

test('any text survives when its dollar signs are doubled', () => {
  fc.assert(
    fc.property(fc.string({ unit: letter }), fc.dictionary(variable, value), (text, env) => {
      const escaped = text.replaceAll('$', '$$$$')
      expect(interpolate(escaped, env).text).toBe(text)
    }),
  )
})

test('a variable that is set is put in as it is, and not looked at again', () => {
  fc.assert(
    fc.property(variable, value, (name, held) => {
      expect(interpolate(`a\${${name}}b\${${name}:-default}`, { [name]: held })).toEqual({
        text: `a${held}b${held}`,
        whole: false,
        troubles: [],
      })
      expect(interpolate(`\${${name}}`, { [name]: held })).toEqual({ text: held, whole: true, troubles: [] })
    }),
  )
})

test('a missing or empty variable is its default, or a trouble where it stands', () => {
  fc.assert(
    fc.property(
      variable,
      fc.constantFrom(undefined, ''),
      fc.string().map((text) => text.replaceAll(/[${}]/g, '')),
      (name, held, fallback) => {
        const env = { [name]: held }
        expect(interpolate(`\${${name}:-${fallback}}`, env)).toEqual({ text: fallback, whole: true, troubles: [] })
        expect(interpolate(`ab\${${name}}`, env).troubles).toMatchObject([
          { offset: 2, message: expect.stringContaining(name) },
        ])
      },
    ),
  )
})

test.each([
  ['${A:-{env}/x}', '{env}/x'],
  ['${A:-${B:-c}}', 'c'],
  ['${A:-}', ''],
  ['${A:-:-}', ':-'],
  ['$A $ {env}', '$A $ {env}'],
  ['${A:-$$}', '$'],
])('%s is %s', (text, expected) => {
  expect(interpolate(text, {})).toMatchObject({ text: expected, troubles: [] })
})

test.each(['${', '${A', '${}', '${A-b}', '${A:-{}', '${a b}', '${1}'])('%s is no variable', (text) => {
  expect(interpolate(text, { A: 'a' }).troubles).toHaveLength(1)
})

test('only what loses nothing is read as a number', () => {
  expect(['1', '-2.5', 'true', 'false', '0'].map(asNumberOrBoolean)).toEqual([1, -2.5, true, false, 0])
  expect(['1.30', '007', '1e3', '', ' 1', 'True', '12345678901234567890'].map(asNumberOrBoolean)).toEqual(
    Array(7).fill(undefined),
  )
})
