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
