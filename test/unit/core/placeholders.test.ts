import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillPlaceholders, misspeltPlaceholders } from '../../../core/placeholders.ts'

// Those that mean something here, and some that do not.
const letter = fc.constantFrom('$', '{', '}', ':', '-', '.', '&', 'A', 'é', '😀', '\n', ' ')
const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/)

test('known names are filled in, wherever they stand', () => {
  fc.assert(
    fc.property(
      name,
      fc.string({ unit: letter }),
      fc.string().map((text) => text.replaceAll(/[{}]/g, '')),
      (key, value, around) => {
        expect(fillPlaceholders(`${around}{${key}}${around}{${key}}`, { [key]: value })).toBe(
          around + value + around + value,
        )
      },
    ),
  )
})

test('everything else stays', () => {
  fc.assert(
    fc.property(fc.string({ unit: letter }), (text) => {
      expect(fillPlaceholders(text, {})).toBe(text)
    }),
  )
  expect(fillPlaceholders('{{ .Values.env }} {env} {other} {toString} { env } {}', { env: 'dev' })).toBe(
    '{{ .Values.env }} dev {other} {toString} { env } {}',
  )
})

test('what was filled in is not looked at again', () => {
  expect(fillPlaceholders('{a}{b}', { a: '{b}', b: '$&{a}' })).toBe('{b}$&{a}')
})

test('only what looks like a known name is called misspelt', () => {
  const known = ['env', 'name', 'image.tag', 'short']
  expect(misspeltPlaceholders('{enviroment} {nmae} {image-tag} {env} {id} {x} ${NAME} {shrt}', known)).toEqual([
    { written: 'enviroment', meant: 'env' },
    { written: 'nmae', meant: 'name' },
    { written: 'image-tag', meant: 'image.tag' },
    { written: 'shrt', meant: 'short' },
  ])
})
