import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../../core/errors.ts'
import { imageDrift, setImages } from '../../../../scripts/image-edit/image-edit.ts'
import { parseWanted } from '../../../../scripts/image-edit/wanted.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const other = `sha256:${'f'.repeat(64)}`
const file = '/shop/kustomization.yaml'

const set = (text: string, ...words: string[]): string => setImages(text, file, parseWanted(words)).text

describe('an entry of images:', () => {
  const cases: readonly (readonly [string, string, readonly string[], string])[] = [
    [
      'a tag',
      'images:\n- name: web\n  newTag: 1.2.2 # ours\n',
      ['web=1.2.3'],
      'images:\n- name: web\n  newTag: 1.2.3 # ours\n',
    ],
    [
      'a tag in quotes',
      `images: # all\n  - newTag: '1'\n    name: "web"\n`,
      ['web=2'],
      `images: # all\n  - newTag: '2'\n    name: "web"\n`,
    ],
    [
      'a tag that would be a number',
      'images:\n- name: web\n  newTag: v1\n',
      ['web=1.10'],
      'images:\n- name: web\n  newTag: "1.10"\n',
    ],
    [
      'a tag that is one',
      'images:\n- name: web\n  newTag: 1.10\n',
      ['web=1.10'],
      'images:\n- name: web\n  newTag: "1.10"\n',
    ],
    [
      'a digest for a tag',
      'images:\n- name: web # w\n  newTag: 1.2.2 # t\n',
      [`web@${digest}`],
      `images:\n- name: web # w\n  digest: ${digest} # t\n`,
    ],
    [
      'a tag for a digest',
      `images:\n- digest: ${digest}\n  name: web`,
      ['web=1.2.3'],
      'images:\n- newTag: 1.2.3\n  name: web',
    ],
    [
      'a tag where both are',
      `images:\n- digest: ${digest} # d\n  name: web\n  newTag: a\n`,
      ['web=b'],
      'images:\n- name: web\n  newTag: b\n',
    ],
    [
      'a comment before what stays',
      `images:\n- digest: ${digest}\n  # about web\n  name: web\n  newTag: a\n`,
      ['web=b'],
      'images:\n- \n  # about web\n  name: web\n  newTag: b\n',
    ],
    [
      'a digest where both are',
      `images:\n- name: web\n  digest: ${digest}\n  # the tag\n  newTag: a # t\n- name: b\n`,
      [`web@${other}`],
      `images:\n- name: web\n  digest: ${other}\n  # the tag\n- name: b\n`,
    ],
    [
      'both',
      'images:\n- name: web\n  newTag: a\n',
      [`web=b@${digest}`],
      `images:\n- name: web\n  newTag: b\n  digest: ${digest}\n`,
    ],
    [
      'neither yet',
      'images:\r\n  -\r\n    name: web # w\r\n    newName: reg.example/web\r\n# end',
      ['web=b'],
      'images:\r\n  -\r\n    name: web # w\r\n    newName: reg.example/web\r\n    newTag: b\r\n# end',
    ],
    [
      'an empty tag',
      'images:\n- name: web\n  newTag: # soon\n',
      ['web=b'],
      'images:\n- name: web\n  newTag: b # soon\n',
    ],
    [
      'flow style',
      `{images: [{name: web, digest: "${digest}", newTag: a}], resources: [b]}`,
      ['web=b'],
      '{images: [{name: web, newTag: b}], resources: [b]}',
    ],
    [
      'flow style, added',
      'images: [ {name: web}, {name: b} ] # c\n',
      [`web@${digest}`, 'b=1', 'new=v2'],
      `images: [ {name: web, digest: ${digest}}, {name: b, newTag: "1"}, { name: new, newTag: v2 } ] # c\n`,
    ],
    [
      'an anchor',
      'images:\n- name: web\n  newTag: &t a\n- name: b\n  newTag: *t\n',
      ['web=c'],
      'images:\n- name: web\n  newTag: &t c\n- name: b\n  newTag: *t\n',
    ],
    [
      'an alias',
      'images:\n- name: web\n  newTag: &t a\n- name: b\n  newTag: *t # t\n',
      ['b=c'],
      'images:\n- name: web\n  newTag: &t a\n- name: b\n  newTag: c # t\n',
    ],
    [
      'twice the same name',
      'images:\n- name: web\n  newTag: a\n- name: web\n  newTag: b\n',
      ['web=c'],
      'images:\n- name: web\n  newTag: c\n- name: web\n  newTag: c\n',
    ],
    [
      'a BOM and letters of two bytes',
      '\uFEFF# Größe\nimages:\n- name: web # ü\n  newTag: a\n',
      ['web=c'],
      '\uFEFF# Größe\nimages:\n- name: web # ü\n  newTag: c\n',
    ],
    [
      'several documents',
      '---\nresources: [a]\n---\nimages:\n- name: web\n  newTag: a\n---\nimages:\n- name: web\n  newTag: b\n',
      ['web=c'],
      '---\nresources: [a]\n---\nimages:\n- name: web\n  newTag: c\n---\nimages:\n- name: web\n  newTag: c\n',
    ],
  ]
  it.each(cases)('%s', (_, before, words, after) => {
    expect(set(before, ...words)).toBe(after)
    expect(imageDrift(after, file, parseWanted(words))).toEqual([])
  })
})

describe('a name that is not there', () => {
  const entry = '- name: reg.example:5000/team/web\n  newTag: 1.2.3\n'
  const cases: readonly (readonly [string, string, string])[] = [
    ['an empty file', '', `images:\n${entry}`],
    ['comments only', '# mine', `# mine\nimages:\n${entry.trimEnd()}`],
    [
      'no list, other lists indented',
      'resources:\n  - a.yaml\n# end\n',
      'resources:\n  - a.yaml\nimages:\n  - name: reg.example:5000/team/web\n    newTag: 1.2.3\n# end\n',
    ],
    [
      'a list',
      'images:\n- name: a # last\n\nresources: [b]\n',
      `images:\n- name: a # last\n${entry}\nresources: [b]\n`,
    ],
    ['an empty list', 'images: []\n', 'images: [{ name: reg.example:5000/team/web, newTag: 1.2.3 }]\n'],
    ['nothing behind the key', 'images: # none\nresources: []\n', `images: # none\n${entry}resources: []\n`],
    ['null', 'images: null\nresources: []', `images: \n${entry}resources: []`],
    ['a block scalar at the end', 'a: |+\n  b\n\n', `a: |+\n  b\n\nimages:\n${entry}`],
    [
      'a map in braces',
      '{resources: [a]}\n',
      '{resources: [a], images: [{ name: reg.example:5000/team/web, newTag: 1.2.3 }]}\n',
    ],
    [
      'two documents',
      'resources: [a]\n---\nresources: [b]\n',
      `resources: [a]\nimages:\n${entry}---\nresources: [b]\n`,
    ],
  ]
  it.each(cases)('%s', (_, before, after) => {
    const words = ['reg.example:5000/team/web=1.2.3']
    expect(imageDrift(before, file, parseWanted(words))[0]).toMatchObject({ found: null, wanted: '1.2.3' })
    expect(set(before, ...words)).toBe(after)
    expect(set(after, ...words)).toBe(after)
  })
})

it('says what it changed, and where it drifts', () => {
  const text = `images:\n- name: web\n  newTag: 1.10\n- name: api\n  newTag: a\n  digest: ${digest}\n`
  const wanted = parseWanted(['web=1.10', `api@${digest}`])
  expect(
    imageDrift(text, file, wanted).map(({ name, wanted: to, found, at }) => ({ name, wanted: to, found, at })),
  ).toEqual([
    { name: 'web', wanted: '1.10', found: 1.1, at: { file, line: 3, column: 3 } },
    { name: 'api', wanted: digest, found: `a@${digest}`, at: { file, line: 5, column: 3 } },
  ])
  expect(setImages(text, file, wanted).changes).toEqual([
    { name: 'web', from: 1.1, to: '1.10' },
    { name: 'api', from: `a@${digest}`, to: digest },
  ])
})

it('is known by its API version, else by its name', () => {
  const text = (api: string) => `apiVersion: ${api}\nkind: Kustomization\nspec: { tag: a }\n`
  const changes = (api: string, name: string, word: string) => setImages(text(api), name, parseWanted([word])).changes
  expect(changes('kustomize.config.k8s.io/v1beta1', 'x.yaml', 'web=1')).toEqual([{ name: 'web', from: null, to: '1' }])
  expect(changes('kustomize.toolkit.fluxcd.io/v1', file, 'spec.tag=b')).toEqual([
    { name: 'spec.tag', from: 'a', to: 'b' },
  ])
})

describe('is refused', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['broken YAML', 'images:\n- name: web\n  newTag: "a\n', 'web=1', 'kustomization.yaml is no valid YAML'],
    ['an alias of nothing', 'images:\n- name: web\n  newTag: *gone\n', 'web=1', 'is no valid YAML'],
    ['what is no map', '- a\n', 'web=1', 'do not fit'],
    ['images that are no list', 'images: { web: 1 }\n', 'web=1', 'do not fit'],
    ['a name with a registry for a tag', 'images: []\n', 'web=reg.example/web:1', 'is no tag'],
    [
      'an anchor that others read',
      `images:\n- name: web\n  digest: &d ${digest}\n  newTag: a\n- name: b\n  digest: *d\n`,
      'web=1',
      'cannot keep',
    ],
    ['a tag that is a map', 'images:\n- name: web\n  newTag: {}\n', 'web=1', 'cannot keep'],
  ]
  it.each(cases)('%s', (_, text, word, message) => {
    let thrown: unknown
    try {
      set(text, word)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(ConfigError)
    expect((thrown as ConfigError).message).toContain(message)
  })
})
