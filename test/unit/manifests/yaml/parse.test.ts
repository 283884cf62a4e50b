import { describe, expect, it } from 'vitest'
import { inFile, parseObjects } from '../../../../manifests/yaml/parse.ts'

const parse = (text: string, dialect?: 'go2' | 'go3') =>
  parseObjects(text, { place: inFile('a.yaml'), ...(dialect ? { dialect } : {}) })

const configMap = (name: string, more = '') => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`

describe('parseObjects', () => {
  it('takes documents apart and says where each begins', () => {
    const { objects, problems } = parse(
      `# a comment\n\n---\n# nothing\n---\n${configMap('one')}---\n\n${configMap('two')}`,
    )
    expect(problems).toEqual([])
    expect(objects.map(({ object, at }) => [object.metadata.name, at])).toEqual([
      ['one', { file: 'a.yaml', line: 6 }],
      ['two', { file: 'a.yaml', line: 12 }],
    ])
  })

  it('takes lists apart, each item with its own line, and leaves a custom resource with items whole', () => {
    const item = (name: string) => `- apiVersion: v1\n  kind: ConfigMap\n  metadata: { name: ${name} }\n`
    const { objects } = parse(`apiVersion: v1\nkind: List\nitems:\n${item('a')}${item('b')}`)
    expect(objects.map(({ object, at }) => [object.metadata.name, at.line])).toEqual([
      ['a', 4],
      ['b', 7],
    ])
    const own = parse('apiVersion: x.io/v1\nkind: AllowList\nmetadata: { name: mine }\nitems: [1]\n')
    expect(own.objects.map(({ object }) => object.kind)).toEqual(['AllowList'])
  })

  it('warns of a key that stands twice with one value and refuses two values, each with its line', () => {
    const same = parse(configMap('a', 'data:\n  x: "1"\n  x: "1"\n'))
    expect(same.problems).toEqual([
      expect.objectContaining({ severity: 'warning', at: { file: 'a.yaml', line: 7, column: 3 } }),
    ])
    expect(same.objects).toHaveLength(1)
    const other = parse(configMap('a', 'data:\n  x: "1"\n  y: ""\n  x: "2"\n'))
    expect(other.problems).toHaveLength(1)
    expect(other.problems[0]).toMatchObject({ severity: 'error', at: { line: 8 } })
    expect(other.problems[0]?.message).toContain('`x`')
    expect(other.problems[0]?.message).toContain('line 6')
  })

  it('names the line of a broken document and still reads the others', () => {
    const { objects, problems } = parse(`${configMap('good')}---\na:\n  - [1, 2\nb: 1\n`)
    expect(objects).toHaveLength(1)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ severity: 'error', at: { file: 'a.yaml' } })
    expect(problems[0]?.at?.line).toBeGreaterThan(5)
  })

  it.each([
    ['- 1', 'a list'],
    ['just words', '"just words"'],
    ['kind: A\nmetadata: { name: a }', 'apiVersion'],
    ['apiVersion: v1\nmetadata: { name: a }', 'kind'],
    ['apiVersion: v1\nkind: A', 'metadata'],
    ['apiVersion: v1\nkind: A\nmetadata: {}', 'metadata.name'],
    ['apiVersion: v1\nkind: A\nmetadata: { name: 12 }', 'quotes'],
    ['apiVersion: v1\nkind: A\nmetadata: { generateName: a- }', 'generateName'],
  ])('says of %j what is missing', (text, words) => {
    const { objects, problems } = parse(text)
    expect(objects).toEqual([])
    expect(problems.map(({ message }) => message).join()).toContain(words)
  })

  it('follows anchors and merge keys', () => {
    const { objects } = parse(
      'apiVersion: v1\nkind: A\nmetadata: { name: a, labels: &l { x: y } }\nspec: { <<: *l, z: 1 }\n',
    )
    expect(objects[0]?.object['spec']).toEqual({ x: 'y', z: 1 })
  })

  it('reads numbers and words as Go does: kubectl one way, helm another', () => {
    const text = configMap(
      'a',
      'x: { mode: 0644, big: 1_000, port: 22:22, yes: yes, off: Off, n: n, bin: 0b11, minus: -0644 }',
    )
    expect(parse(text).objects[0]?.object['x']).toEqual({
      mode: 420,
      big: 1000,
      port: '22:22',
      yes: 'yes',
      off: 'Off',
      n: 'n',
      bin: 3,
      minus: -420,
    })
    const helm = parse(configMap('a', 'x: [yes, Off, n, y, "yes", TRUE]'), 'go2')
    expect(helm.objects[0]?.object['x']).toEqual([true, false, false, true, 'yes', true])
  })
})
