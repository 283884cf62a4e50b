import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blockHosts, mappedElsewhere, withBlock, withoutBlock } from '../../../hosts/block.ts'

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const text = (content: Uint8Array | undefined): string | undefined => content && Buffer.from(content).toString('latin1')
const has = (content: Uint8Array | undefined): Uint8Array => {
  if (!content) throw new Error('the file is gone')
  return content
}

/** Files as they are met, and any bytes at all. */
const files = fc.oneof(
  fc
    .constantFrom(
      '',
      '127.0.0.1\tlocalhost\n::1 localhost\n',
      '127.0.0.1 localhost',
      '\u00ef\u00bb\u00bf127.0.0.1 localhost\r\n# a comment\r\n',
      '\u00ef\u00bb\u00bf',
      '\r\n\r\n',
      'a\r',
      '# only a comment, \u00e9\u00ff\u00fe',
      '#127.0.0.1 a.local\n\n\n',
      '127.0.0.1 a.local b.local # mine\n# kindup\n# begin\n# kindup other end\n',
    )
    .map(bytes),
  fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)),
  fc
    .array(fc.constantFrom('127.0.0.1 a', ' ', '\t', '\n', '\r\n', '#', '\u00ff', 'b.local'), { maxLength: 30 })
    .map((parts) => bytes(parts.join(''))),
)
const hosts = fc.uniqueArray(fc.constantFrom('a.local', 'b.local', 'c.test', 'd'), { minLength: 1 })
/** A line that somebody else writes, one that looks like ours included. */
const foreignLines = fc.constantFrom(
  '10.0.0.1 x.local\n',
  '127.0.0.1 a.local\n',
  '127.0.0.1\tb.local # kindup\r\n',
  '# kindup one beginning\n',
  '\n',
  '\u00ff\u00fe\n',
)

describe('a block', () => {
  test('maps each host on a line of its own, at the end, between two marks', () => {
    expect(text(withBlock(bytes('127.0.0.1 localhost\n'), 'offerfit', ['b.local', 'a.local', 'b.local']))).toBe(
      [
        '127.0.0.1 localhost',
        '# kindup offerfit begin',
        '127.0.0.1 b.local # kindup offerfit',
        '127.0.0.1 a.local # kindup offerfit',
        '# kindup offerfit end',
        '',
      ].join('\n'),
    )
  })

  test('takes the line ends of the file', () => {
    expect(text(withBlock(bytes('127.0.0.1 localhost\r\n'), 'x', ['a.local']))).toBe(
      '127.0.0.1 localhost\r\n# kindup x begin\r\n127.0.0.1 a.local # kindup x\r\n# kindup x end\r\n',
    )
  })

  test('changes in its place, and a second time not at all', () => {
    const first = withBlock(bytes('1.1.1.1 one'), 'x', ['a.local'])
    const between = Buffer.concat([has(first), bytes('2.2.2.2 two\n')])
    const second = withBlock(between, 'x', ['b.local', 'c.local'])
    expect(blockHosts(second, 'x')).toEqual(['b.local', 'c.local'])
    expect(text(second)).toMatch(/^1\.1\.1\.1 one\n# kindup x begin.*\n[^]*# kindup x end\n2\.2\.2\.2 two\n$/)
    expect(text(withBlock(second, 'x', ['b.local', 'c.local']))).toBe(text(second))
  })

  test('of a cluster whose name begins alike is another one', () => {
    const both = withBlock(withBlock(bytes(''), 'dev', ['a.local']), 'dev-2', ['b.local'])
    expect(blockHosts(withoutBlock(has(both), 'dev'), 'dev-2')).toEqual(['b.local'])
    expect(blockHosts(both, 'dev')).toEqual(['a.local'])
  })

  test('with no hosts is none', () => {
    const file = bytes('127.0.0.1 localhost\n')
    expect(text(withBlock(withBlock(file, 'x', ['a.local']), 'x', []))).toBe(text(file))
    expect(withBlock(undefined, 'x', [])).toBeUndefined()
  })

  test('that made its file takes the file along, whoever leaves last', () => {
    const one = withBlock(undefined, 'one', ['a.local'])
    expect(withoutBlock(has(one), 'one')).toBeUndefined()
    const two = withBlock(one, 'two', ['b.local'])
    expect(withoutBlock(has(withoutBlock(has(two), 'one')), 'two')).toBeUndefined()
    expect(withoutBlock(has(withoutBlock(has(two), 'two')), 'one')).toBeUndefined()
    expect(text(withoutBlock(Buffer.concat([has(one), bytes('1.1.1.1 x\n')]), 'one'))).toBe('1.1.1.1 x\n')
  })
})

describe('taking it out', () => {
  test('gives the bytes of before', () => {
    fc.assert(
      fc.property(files, hosts, (file, names) => {
        const added = has(withBlock(file, 'one', names))
        expect(blockHosts(added, 'one')).toEqual(names)
        expect(text(withoutBlock(added, 'one'))).toBe(text(file))
      }),
    )
  })

  test('gives the bytes of before with several clusters, updated in between, in any order', () => {
    const names = ['one', 'two', 'three']
    fc.assert(
      fc.property(
        fc.option(files, { nil: undefined }),
        fc.array(fc.tuple(fc.constantFrom(...names), hosts), { maxLength: 8 }),
        fc.shuffledSubarray(names, { minLength: 3 }),
        (file, edits, order) => {
          let content: Buffer | undefined = file
          for (const [name, list] of edits) content = withBlock(content, name, list)
          for (const name of order) content = content && withoutBlock(content, name)
          expect(text(content)).toBe(text(file))
        },
      ),
    )
  })

  test('keeps every line that others wrote in between, wherever they wrote it', () => {
    fc.assert(
      fc.property(files, hosts, fc.array(fc.tuple(fc.nat(), foreignLines), { maxLength: 5 }), (file, names, writes) => {
        const ended = /(^|\n)$/.test(text(file) ?? '') ? file : Buffer.concat([file, bytes('\n')])
        const mine = new Set((text(withBlock(ended, 'one', names)) ?? '').match(/[^\n]*\n/g))
        for (const line of (text(ended) ?? '').match(/[^\n]*\n/g) ?? []) mine.delete(line)
        const lines = (text(withBlock(ended, 'one', names)) ?? '').match(/[^\n]*\n/g) ?? []
        for (const [at, line] of writes) lines.splice(at % (lines.length + 1), 0, line)
        const expected = lines.filter((line) => !mine.has(line)).join('')
        expect(text(withoutBlock(bytes(lines.join('')), 'one'))).toBe(expected)
      }),
    )
  })

  test('copes with a lost end, a lost beginning and a doubled block', () => {
    const whole = text(withBlock(bytes('1.1.1.1 one\n'), 'x', ['a.local'])) ?? ''
    const damaged = [
      whole.replace('# kindup x end\n', '2.2.2.2 two\n'),
      whole.replace('# kindup x begin\n', '2.2.2.2 two\n'),
      `${whole}2.2.2.2 two\n${whole.replace('1.1.1.1 one\n', '')}`,
    ]
    for (const file of damaged) {
      const left = text(withoutBlock(bytes(file), 'x'))
      expect(left?.split('\n').toSorted()).toEqual(['', '1.1.1.1 one', '2.2.2.2 two'])
      const again = withBlock(bytes(file), 'x', ['b.local'])
      expect(blockHosts(again, 'x')).toEqual(['b.local'])
      expect(text(again)?.match(/# kindup x begin/g)).toHaveLength(1)
    }
  })

  test('keeps the line end that it added once a line stands in front of it or behind it', () => {
    const added = text(withBlock(bytes('1.1.1.1 one'), 'x', ['a.local'])) ?? ''
    expect(text(withoutBlock(bytes(`${added}2.2.2.2 two\n`), 'x'))).toBe('1.1.1.1 one\n2.2.2.2 two\n')
    expect(text(withoutBlock(bytes(added.replace('one\n', 'one\n2.2.2.2 two\n')), 'x'))).toBe(
      '1.1.1.1 one\n2.2.2.2 two\n',
    )
  })
})

test('names that are mapped elsewhere are found with their line and whose they are', () => {
  const file = withBlock(
    withBlock(bytes('127.0.0.1 localhost\n10.0.0.9\tx A.local # b.local\n'), 'other', ['b.local', 'z.local']),
    'mine',
    ['a.local', 'b.local'],
  )
  expect(mappedElsewhere(file, 'mine', ['a.local', 'b.local'])).toEqual([
    { host: 'a.local', address: '10.0.0.9', line: 2 },
    { host: 'b.local', address: '127.0.0.1', line: 4, cluster: 'other' },
  ])
})

test.for([
  'see # kindup one begin\n',
  '# kindup one begin, or not\n',
  '# see # kindup one end\n',
  '# kindup one end of it\n',
  'x 127.0.0.1 a.local # kindup one\n',
  '127.0.0.1 a.local # kindup one and more\n',
])('a line that only holds our words is somebody else’s: %j', (line) => {
  expect(text(withoutBlock(bytes(line), 'one'))).toBe(line)
})

test('where a name is mapped already is told with its address, whose line it is, and no byte order mark', () => {
  const file = bytes(
    '\u00ef\u00bb\u00bf10.0.0.1 a.local # a.local\n 10.0.0.2  x  A.local \n127.0.0.1 a.local # kindup two\n',
  )
  expect(mappedElsewhere(file, 'one', ['a.local'])).toEqual([
    { host: 'a.local', address: '10.0.0.1', line: 1 },
    { host: 'a.local', address: '10.0.0.2', line: 2 },
    { host: 'a.local', address: '127.0.0.1', line: 3, cluster: 'two' },
  ])
})

test('the line ends of the file are those of its first line', () => {
  expect(text(withBlock(bytes('a b\r\n'), 'one', ['x.local']))).toBe(
    'a b\r\n# kindup one begin\r\n127.0.0.1 x.local # kindup one\r\n# kindup one end\r\n',
  )
})
