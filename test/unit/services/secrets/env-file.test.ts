import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEnvFile } from '../../../../services/secrets/env-file.ts'

const valuesOf = (text: string): Record<string, string> =>
  Object.fromEntries(parseEnvFile(text).entries.map(({ key, value }) => [key, value]))
const troublesOf = (text: string) => parseEnvFile(text).troubles.map(({ line, severity }) => `${line} ${severity}`)

describe('a file of KEY=value lines', () => {
  it('knows comments, blanks, export, quotes, `=` in values and line ends of Windows', () => {
    const text = [
      '\uFEFF# a comment',
      '',
      '  # another',
      'PLAIN=value',
      'export EXPORTED=yes',
      ' SPACED =  around  ',
      'URL=postgres://u:p=w==@db/x?a=b',
      'HASH=ab#cd # a comment',
      'EMPTY=',
      'COMMENTED= # nothing',
      'SINGLE=\'a \\n $X "b" # c\'   # comment',
      'DOUBLE="a\\n\\t\\"b\\" \\$X \\q # c"',
      'LINES="one',
      'two',
      '',
      'four"',
      'LAST=1',
    ].join('\r\n')
    expect(parseEnvFile(text).troubles).toEqual([])
    expect(valuesOf(text)).toEqual({
      PLAIN: 'value',
      EXPORTED: 'yes',
      SPACED: 'around',
      URL: 'postgres://u:p=w==@db/x?a=b',
      HASH: 'ab#cd',
      EMPTY: '',
      COMMENTED: '',
      SINGLE: 'a \\n $X "b" # c',
      DOUBLE: 'a\n\t"b" $X \\q # c',
      LINES: 'one\ntwo\n\nfour',
      LAST: '1',
    })
    expect(parseEnvFile(text).entries.find(({ key }) => key === 'LAST')?.line).toBe(17)
  })

  it('warns of a key that is written twice, and refuses it with another value, without telling either', () => {
    expect(parseEnvFile('A=1\nB=2\nA=1\n').troubles).toEqual([
      {
        line: 3,
        severity: 'warning',
        message: 'A is written twice with the same value (first on line 1).',
        hint: 'Remove one of them.',
      },
    ])
    const [trouble] = parseEnvFile('A=hush\nB=2\nA=other\n').troubles
    expect(trouble).toMatchObject({ line: 3, severity: 'error' })
    expect(trouble?.message).toContain('on line 1 and on line 3')
    expect(trouble?.message).not.toMatch(/hush|other/)
  })

  it('says which lines it cannot read', () => {
    expect(troublesOf('A=1\njust words\nB=2\n=3\nC D=4\nE:F=5\nG="open\nH=6\n')).toEqual([
      '2 error',
      '4 error',
      '5 error',
      '6 error',
      '7 error',
    ])
    expect(troublesOf('A="x" y\n')).toEqual(['1 error'])
    expect(troublesOf('ALONE\n')).toEqual(['1 error'])
  })

  it('takes keys alone where it is a template', () => {
    const { entries, troubles } = parseEnvFile('ALONE\nexport OTHER # why\nWITH=\nDEFAULT=x\n', { bare: true })
    expect(troubles).toEqual([])
    expect(entries.map(({ key, line }) => `${key}:${line}`)).toEqual(['ALONE:1', 'OTHER:2', 'WITH:3', 'DEFAULT:4'])
  })
})

const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,10}$/)
// As `unit: 'binary'`, which takes two seconds to build its tables of all characters.
const character = fc
  .oneof(fc.integer({ min: 0, max: 0xd7_ff }), fc.integer({ min: 0xe0_00, max: 0x10_ff_ff }))
  .map((code) => String.fromCodePoint(code))
const pair = fc.tuple(key, fc.oneof(fc.string(), fc.string({ unit: character })))
const inQuotes = (value: string): string =>
  `"${value.replaceAll(/[\\"$\n\r\t]/g, (one) => `\\${({ '\n': 'n', '\r': 'r', '\t': 't' } as Record<string, string>)[one] ?? one}`)}"`
// oxlint-disable-next-line no-control-regex
const inSingleQuotes = fc.string().filter((value) => !/['\r]/.test(value))

describe('whatever the values are', () => {
  it('reads what was written in double quotes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(pair, { selector: ([name]) => name, maxLength: 4 }), (pairs) => {
        const { entries, troubles } = parseEnvFile(
          pairs.map(([name, value]) => `${name}=${inQuotes(value)}\n`).join(''),
        )
        expect(troubles).toEqual([])
        expect(entries.map((entry) => [entry.key, entry.value])).toEqual(pairs)
      }),
    )
  })

  it('keeps what stands in single quotes to the letter, over several lines too', () => {
    fc.assert(
      fc.property(inSingleQuotes, (value) => {
        expect(parseEnvFile(`# x\nA='${value}'\nB=1`)).toEqual({
          entries: [
            { key: 'A', value, line: 2 },
            { key: 'B', value: '1', line: 3 + value.split('\n').length - 1 },
          ],
          troubles: [],
        })
      }),
    )
  })

  it('keeps a value without quotes whole: every `=`, every sign but the blanks around it', () => {
    const word = fc.stringMatching(/^[!-~]{1,30}$/).filter((value) => !/^["']/.test(value))
    fc.assert(
      fc.property(key, word, fc.constantFrom('\n', '\r\n'), (name, value, end) => {
        expect(valuesOf(`${name}=${value}${end}`)).toEqual({ [name]: value })
      }),
    )
  })

  it('never tells a value in what it complains of', () => {
    const secret = 'h0rse-battery-staple'
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (before, behind) => {
        const { troubles } = parseEnvFile(
          `A=${before}${secret}${behind}\n${secret}+/=\nA="${secret}" ${secret}\nB="${secret}`,
        )
        expect(troubles.length).toBeGreaterThan(0)
        expect(JSON.stringify(troubles)).not.toContain(secret)
      }),
    )
  })
})
