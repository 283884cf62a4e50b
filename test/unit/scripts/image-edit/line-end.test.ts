import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../core/errors.ts'
import { setImages } from '../../../../scripts/image-edit/image-edit.ts'
import { parseWanted } from '../../../../scripts/image-edit/wanted.ts'
import { editFile, type Want } from '../../../../scripts/promote/edit-file.ts'

const digest = `sha256:${'f'.repeat(64)}`
const set = (text: string, ...words: string[]): string =>
  setImages(text, '/shop/kustomization.yaml', parseWanted(words)).text
const tag = (...path: readonly string[]): Want => ({
  service: 'web',
  from: { file: 'dev.yaml' },
  document: 0,
  path,
  text: '1.2.3',
  isReference: false,
})
const promoted = (text: string, want: Want): string => editFile(text, '/shop/prod.yaml', [want]).text

describe('what ends or begins in a way of its own', () => {
  it('takes no room for a byte order mark, where keys are put into the first map of a file', () => {
    expect(promoted('\uFEFFimage: web\nreplicas: 2\n', tag('new', 'image', 'tag'))).toBe(
      '\uFEFFimage: web\nreplicas: 2\nnew:\n  image:\n    tag: 1.2.3\n',
    )
    expect(promoted('\uFEFFimage:\nreplicas: 2\n', tag('image', 'tag'))).toBe(
      '\uFEFFimage:\n  tag: 1.2.3\nreplicas: 2\n',
    )
    expect(set('\uFEFFimages:\n- name: web\n', 'api=2.0.0')).toBe(
      '\uFEFFimages:\n- name: web\n- name: api\n  newTag: 2.0.0\n',
    )
  })

  it('puts nothing behind a text that ends the file without a line end: it would have one then', () => {
    const refused = (work: () => string): unknown => {
      try {
        return work()
      } catch (error) {
        return error instanceof ConfigError ? error.problems.map(({ message, at }) => [message, at?.line]) : error
      }
    }
    const sentence = 'This text ends the file without a line end, and would have one if something stood behind it.'
    expect(refused(() => promoted('a: 1\ntext: |\n  one', tag('image', 'tag')))).toEqual([[sentence, 2]])
    expect(refused(() => set('resources: []\nx:\n  y:\n  - z: >\n      one', 'web=1.2.3'))).toEqual([[sentence, 4]])
  })

  it('puts it there where that changes nothing of the text', () => {
    for (const text of ['text: |-\n  one', 'text: |\n  one\n', 'text: "one"', 'text: one'])
      expect(promoted(text, tag('tag'))).toBe(
        `${text}${text.endsWith('\n') ? '' : '\n'}tag: 1.2.3${text.endsWith('\n') ? '\n' : ''}`,
      )
  })

  it('writes a tag in the place of an alias and a digest behind it, on one line too', () => {
    const text = 'images:\n- name: api\n  newTag: &tag v2\n- { name: web, newTag: *tag }\n'
    expect(set(text, `web=1.2.3@${digest}`)).toBe(
      `images:\n- name: api\n  newTag: &tag v2\n- { name: web, newTag: 1.2.3, digest: ${digest} }\n`,
    )
  })
})
