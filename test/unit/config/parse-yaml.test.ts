import { expect, it } from 'vitest'
import { parseYaml } from '../../../config/source/parse-yaml.ts'

const read = (text: string) => {
  const { usable, problems } = parseYaml(text, 'kindup.yaml')
  return {
    value: usable?.document.toJS() as unknown,
    said: problems.map(({ message, at }) => `${at?.line} ${message}`),
  }
}

it.each([
  ['lines that end with CR alone', '# ours\rname: a\rhosts:\r  mode: none\r'],
  ['with CR and LF', '# ours\r\nname: a\r\nhosts:\r\n  mode: none\r\n'],
  ['a document that ends', '---\nname: a\nhosts: { mode: none }\n...\n'],
  ['a line of dashes after it', 'name: a\nhosts: { mode: none }\n---\n'],
  ['a comment alone in another document', '---\n# ours\n---\nname: a\nhosts: { mode: none }\n---\n# end\n'],
])('reads %s', (_what, text) => {
  expect(read(text)).toEqual({ value: { name: 'a', hosts: { mode: 'none' } }, said: [] })
})

it('refuses several documents that hold something, and none that does', () => {
  expect(read('name: a\n---\n# end\n---\nname: b\n').said).toEqual([
    '4 The file holds several YAML documents; only one is read.',
  ])
  expect(read('name: a\n---\n~\n').said).toHaveLength(1)
  expect(read('---\n# end\n---\n').said.map((line) => line.slice(2))).toEqual([
    'The file must be a map of keys, such as name: and services:.',
  ])
})

it.for(['%YAML 1.1', '%YAML 1.2'])(
  'reads below %s what it reads without: dates, ports and words stay what they are',
  (line) => {
    const text = 'date: 2026-11-27\nports: [80:80]\nword: on\nmode: "0644"\nbase: &b { a: 1 }\nuse: { <<: *b }\n'
    expect(read(`${line}\n---\n${text}`)).toEqual({
      value: { date: '2026-11-27', ports: ['80:80'], word: 'on', mode: '0644', base: { a: 1 }, use: { a: 1 } },
      said: [],
    })
    expect(read(`${line}\n---\n${text}`)).toEqual(read(text))
  },
)

it.for([
  ['a: !!binary aGk=', '!!binary', 'Write the text itself'],
  ['a: !include ./b.yaml', '!include', 'include: [./FILE]'],
  ['a: !reference [b, c]', '!reference', 'an anchor and an alias'],
  ['a: !Ref b', '!Ref', 'an anchor and an alias'],
  ['a: !env HOME', '!env', '${NAME}'],
  ['a: !!timestamp 2026-11-27', '!!timestamp', 'Take it away'],
  ['a: !!int none', '!!int', 'What stands behind it is none'],
  ['a: !!set { b, c }', '!!set', 'Take it away'],
  ['a: !<tag:example.org,2026:x> b', '!<tag:example.org,2026:x>', 'Take it away'],
] as const)('says of %s that the tag means nothing', ([text, tag, hint]) => {
  const { problems } = parseYaml(`name: x\n${text}\n`, 'kindup.yaml')
  expect(problems.map(({ message, at }) => [message, at])).toEqual([
    [`The tag ${tag} means nothing here.`, { file: 'kindup.yaml', line: 2, column: 4 }],
  ])
  expect(problems[0]?.hint).toContain(hint)
})

it('takes the tags of text and of what there is', () => {
  expect(read('a: !!str 0644\nb: !!int "3"\nc: !!map { d: !!seq [!!bool "true"] }\ne: ! f\n')).toEqual({
    value: { a: '0644', b: 3, c: { d: [true] }, e: 'f' },
    said: [],
  })
})

it('says of a version of YAML that is none, and of a directive that it does not know, what to do', () => {
  for (const line of ['%YAML 1.3', '%YAML two', '%FOO bar'])
    expect(parseYaml(`${line}\n---\nname: a\n`, 'kindup.yaml').problems[0]).toMatchObject({
      at: { line: 1 },
      hint: 'Take the line away: nothing here is read in another way for it.',
    })
})
