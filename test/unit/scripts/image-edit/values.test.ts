import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../core/errors.ts'
import { imageDrift, setImages } from '../../../../scripts/image-edit/image-edit.ts'
import { parseWanted } from '../../../../scripts/image-edit/wanted.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const file = '/shop/values.yaml'

describe('a dotted path', () => {
  const cases: readonly (readonly [string, string, readonly string[], string])[] = [
    ['a tag', 'image:\r\n  tag: "1.2.2" # ours\r\n', ['image.tag=1.2.3'], 'image:\r\n  tag: "1.2.3" # ours\r\n'],
    [
      'any text',
      'image: {repository: a}',
      ['image.repository=reg.example:5000/web'],
      'image: {repository: reg.example:5000/web}',
    ],
    ['text with an @ in it', 'a: b\n', ['a=me@reg.example'], 'a: me@reg.example\n'],
    ['text in need of quotes', 'a: b\n', ['a=x: #y'], 'a: "x: #y"\n'],
    ['a number that lacks them', 'tag: 1234567\n', ['tag=1234567'], 'tag: "1234567"\n'],
    ['the tag of a map', 'web:\n  image:\n    tag: a\n', ['web.image=b'], 'web:\n  image:\n    tag: b\n'],
    [
      'the tag of a map whose digest would win',
      `image:\n  tag: a\n  digest: ${digest}\n`,
      ['image=b'],
      'image:\n  tag: b\n  digest: ""\n',
    ],
    [
      'the digest of a map',
      `image:\n  tag: a\n  digest: ""\n`,
      [`image@${digest}`],
      `image:\n  tag: a\n  digest: "${digest}"\n`,
    ],
    ['both of a map', `image:\n  tag: a\n  digest:`, [`image=b@${digest}`], `image:\n  tag: b\n  digest: ${digest}`],
    ['a digest by its path', 'digest: ""\n', [`digest@${digest}`], `digest: "${digest}"\n`],
    ['a whole reference', 'image: reg.example:5000/web:1 # w\n', ['image=2'], 'image: reg.example:5000/web:2 # w\n'],
    [
      'a digest of a whole reference',
      "sidecarImage: 'web:1'\n",
      [`sidecarImage@${digest}`],
      `sidecarImage: 'web@${digest}'\n`,
    ],
    ['a whole reference again', 'image: web:1\n', ['image=reg.example/web:2'], 'image: reg.example/web:2\n'],
    [
      'an item of a list',
      'containers:\n- image: a:1\n- image: b:1\n',
      ['containers[1].image=2', 'containers.0.image=3'],
      'containers:\n- image: a:3\n- image: b:2\n',
    ],
    ['an item that is text', 'images: [a:1, b:1]\n', ['images.1=b:2'], 'images: [a:1, b:2]\n'],
    ['a dot in a key', 'a.b:\n  tag: 1a\n', [String.raw`a\.b.tag=2b`], 'a.b:\n  tag: 2b\n'],
    [
      'every document that has it',
      'tag: a\n---\nother: a\n---\ntag: c\n',
      ['tag=b'],
      'tag: b\n---\nother: a\n---\ntag: b\n',
    ],
    [
      'an anchor, and whoever reads it',
      'x: &t a\nimage: { tag: *t }\n',
      ['x=b', 'image.tag=b'],
      'x: &t b\nimage: { tag: *t }\n',
    ],
    ['an alias', 'x: &t a\nimage: { tag: *t }\n', ['image.tag=b'], 'x: &t a\nimage: { tag: b }\n'],
    ['a block scalar', 'tag: |\n  a\nb: c\n', ['tag=d'], 'tag: d\nb: c\n'],
    [
      'a template beside it',
      'host: "{{ .Values.x }}"\nimage:\n    tag: !!str 1\n',
      ['image.tag=b'],
      'host: "{{ .Values.x }}"\nimage:\n    tag: !!str b\n',
    ],
  ]
  it.each(cases)('%s', (_, before, words, after) => {
    const wanted = parseWanted(words)
    expect(setImages(before, file, wanted).text).toBe(after)
    expect(imageDrift(after, file, wanted)).toEqual([])
  })
})

const errorOf = (act: () => unknown): ConfigError => {
  try {
    act()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error('Nothing was thrown.')
}

describe('is refused', () => {
  const cases: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['a path that is not there', 'image:\n  tag: a\n', ['image.tga=1'], /no `image\.tga`.*mean image\.tag/s],
    ['the second of two, so both', 'image:\n  tag: a\n', ['image.tag=b', 'nothing.at.all=1'], /no `nothing\.at\.all`/],
    [
      'a map without tag',
      'image:\n  repository: a\n',
      ['image=1'],
      /no key `tag`.*image\.repository|no key `tag`.*repository/s,
    ],
    ['a map without digest', 'image:\n  tag: a\n', [`image@${digest}`], /no key `digest`/],
    ['a list', 'images: [a]\n', ['images=1'], /is a list.*images\.0/s],
    ['a digest for a tag', 'image: { tag: a }\n', [`image.tag@${digest}`], /takes no digest/],
    ['a path through an alias', 'a: &a { tag: b }\nc: *a\n', ['c.tag=1'], /alias \*a/],
    ['a map that is an alias', 'a: &a { tag: b }\nc: *a\n', ['c=1'], /alias \*a/],
    ['wishes that contradict', 'image: { tag: a }\n', ['image=1', 'image.tag=2'], /at once/],
  ]
  it.each(cases)('%s', (_, text, words, said) => {
    const error = errorOf(() => setImages(text, file, parseWanted(words)))
    expect([error.message, ...error.problems.flatMap((one) => [one.message, one.hint ?? ''])].join('\n')).toMatch(said)
    expect(error.exitCode).toBe(2)
  })

  it('with the place of broken YAML', () => {
    const error = errorOf(() => imageDrift('a: b\nimage:\n  tag: [1\n', file, parseWanted(['image.tag=1'])))
    expect(error.problems[0]?.at).toMatchObject({ file, line: expect.any(Number), column: expect.any(Number) })
  })
})

describe('words of the command line', () => {
  it.each([
    ['web', /no NAME=TAG/],
    ['web:1.2', /web=1\.2/],
    ['=1', /no NAME=TAG/],
    ['web=', /no NAME=TAG/],
    ['web@sha256:abc', /is no digest/],
    ['web=1@sha256:a', /is no digest/],
    ['web=a\nb', /control character/],
  ])('%j', (word, said) => {
    const error = errorOf(() => parseWanted([word]))
    expect([error.message, ...error.hints].join('\n')).toMatch(said)
  })

  it('name each thing once', () => {
    expect(errorOf(() => parseWanted(['web=1', `web@${digest}`])).message).toContain('`web` is given twice')
  })
})
