import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillPlaceholders, misspeltPlaceholders, portPlaceholders } from '../../../core/placeholders.ts'

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

test('{port:N} is the host port that is bound: N as the file has it, else as the node has it', () => {
  const port = (hostPort: number, nodePort: number, bound?: number, protocol: 'tcp' | 'udp' = 'tcp') => ({
    hostPort,
    nodePort,
    protocol,
    ...(bound === undefined ? {} : { bound }),
  })
  const names = portPlaceholders([port(3300, 80, 3301), port(80, 30_080), port(0, 443), port(0, 53, 40_053, 'udp')])
  expect(names).toEqual({
    'port:3300': '3301',
    'port:80': '80',
    'port:30080': '80',
    // Any free one, and nobody has chosen it yet.
    'port:443': undefined,
    'port:53/udp': '40053',
  })
  const values = { 'port:80': '8080', 'port:53/udp': '5353' }
  expect(fillPlaceholders('http://web.test:{port:80}/{port:81} {port:53/udp} {port:}', values)).toBe(
    'http://web.test:8080/{port:81} 5353 {port:}',
  )
  expect(misspeltPlaceholders('{port:8080}', ['name', 'port:80'])).toEqual([{ written: 'port:8080', meant: 'port:80' }])
})
