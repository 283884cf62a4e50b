import { describe, expect, it } from 'vitest'
import { listAt, valueAt } from '../../../../core/fields.ts'
import { inFile, parseObjects, type Reader } from '../../../../manifests/yaml/parse.ts'

const parse = (text: string, reader?: Reader) =>
  parseObjects(text, { place: inFile('a.yaml'), ...(reader ? { reader } : {}) })

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

  it('ends the last line of a file, as kubectl does before it reads it', () => {
    const block = (text: string) => configMap('a', `data:\n  script: |\n    echo${text}`)
    const script = (text: string) => parse(block(text)).objects.map(({ object }) => valueAt(object, 'data', 'script'))
    expect(script('')).toEqual(['echo\n'])
    expect(script('\n')).toEqual(['echo\n'])
    expect(script('\n  more: x')).toEqual(['echo\n'])
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
      'apiVersion: v1\nkind: A\nmetadata: { name: a, labels: &l { x: b } }\nspec: { <<: *l, z: 1 }\n',
    )
    expect(objects[0]?.object['spec']).toEqual({ x: 'b', z: 1 })
  })

  it('reads numbers and words as who applies them does: kubectl and helm one way, kustomize another', () => {
    const text = configMap(
      'a',
      'x: { mode: 0644, big: 1_000, port: 22:22, a: yes, b: Off, c: n, d: "yes", bin: 0b11, minus: -0644, at: 2020-01-01 }',
    )
    const numbers = { mode: 420, big: 1000, port: '22:22', bin: 3, minus: -420, at: '2020-01-01', d: 'yes' }
    const words = { a: true, b: false, c: false }
    expect(parse(text).objects[0]?.object['x']).toEqual({ ...numbers, ...words })
    expect(parse(text, 'helm').objects[0]?.object['x']).toEqual({ ...numbers, ...words })
    expect(parse(text, 'kustomize').objects[0]?.object['x']).toEqual({ ...numbers, a: 'yes', b: 'Off', c: 'n' })
  })

  it('keeps every digit of whole numbers, and text that only looks like a number', () => {
    const text = configMap(
      'a',
      `x: [9123456789012345678, -9223372036854775808, 18446744073709551615, 7e54321, ${'7'.repeat(3)}e5${'0'.repeat(35)}]`,
    )
    const [object] = parse(text).objects
    expect(JSON.stringify(object?.object['x'])).toBe(
      `[9123456789012345678,-9223372036854775808,18446744073709551615,"7e54321","777e5${'0'.repeat(35)}"]`,
    )
  })

  it.each([
    [
      'an anchor of another document',
      `${configMap('a', 'data: &d { x: b }\n')}---\n${configMap('b', 'data: *d\n')}`,
      11,
      "unknown anchor 'd'",
    ],
    ['an anchor that holds itself', configMap('a', 'data: &d\n  x: *d\n'), 6, 'contains itself'],
    ['aliases that explode', configMap('a', bomb()), 9, 'excessive aliasing'],
    ['brackets without end', configMap('a', `x: ${'['.repeat(20_000)}\n`), 5, 'nested deeper'],
    ['a number that JSON does not have', configMap('a', 'x: .inf\n'), 5, 'JSON does not have'],
    ['a control character', configMap('a', 'data: { x: \u0001 }\n'), 5, 'control characters'],
  ])('answers %s with its line', (_what, text, line, words) => {
    const { problems } = parse(text)
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'error', message: expect.stringContaining(words) as string }),
    ])
    expect(problems[0]?.at).toMatchObject({ file: 'a.yaml', line })
  })

  it('shares what an alias stands for instead of copying it', () => {
    const text = configMap('a', `one: &x [${'1, '.repeat(500)}1]\nmany: [${'*x, '.repeat(50)}*x]\n`)
    const [found] = parse(text).objects
    const many = listAt(found?.object, 'many')
    expect(many).toHaveLength(51)
    expect(many.every((item) => item === found?.object['one'])).toBe(true)
  })

  it('reads a file of ten megabytes and one of five thousand objects, without a copy of the text for each', () => {
    const lines = Array.from(
      { length: 150_000 },
      (_, index) => `  key-${index}: "a value of some sixty letters, number ${index}"\n`,
    )
    const large = parse(`${configMap('large')}data:\n${lines.join('')}`)
    expect(large.problems).toEqual([])
    expect(Object.keys(large.objects[0]?.object['data'] ?? {})).toHaveLength(150_000)
    const many = parse(Array.from({ length: 5000 }, (_, index) => `---\n${configMap(`m${index}`)}`).join(''))
    expect(many.objects.at(-1)).toMatchObject({ object: { metadata: { name: 'm4999' } }, at: { line: 4999 * 5 + 2 } })
  })

  it('takes JSON objects apart that follow each other, as kubectl does', () => {
    const one = (name: string) =>
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}"},"data":{"a":"\\/\\ud83d\\ude00"}}`
    const { objects, problems } = parse(`${one('a')}\n${one('b')}${one('c')}\n`)
    expect(problems).toEqual([])
    expect(objects.map(({ object, at }) => [object.metadata.name, at.line])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ])
    expect(objects[0]?.object['data']).toEqual({ a: '/😀' })
  })

  it('takes lists in lists apart, and lists of one kind whose items do not say what they are', () => {
    const { objects, problems } = parse(
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n  - metadata: { name: a }\n- apiVersion: v1\n  kind: List\n  items:\n',
    )
    expect(problems).toEqual([])
    expect(objects).toMatchObject([
      { object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }, at: { line: 7 } },
    ])
  })

  it.each([
    ['a comment behind the dashes', `--- # one\n${configMap('a')}--- # two\n${configMap('b')}`],
    ['the end of a document', `${configMap('a')}...\n---\n${configMap('b')}...\n`],
    ['byte order marks', `\uFEFF${configMap('a')}---\n\uFEFF${configMap('b')}`],
    ['line ends of Windows', `${configMap('a')}---\n${configMap('b')}`.replaceAll('\n', '\r\n')],
    ['empty documents and comments', `---\n---\n# c\n---\n${configMap('a')}---\n\n---\n${configMap('b')}---\n`],
  ])('goes over %s', (_what, text) => {
    const { objects, problems } = parse(text)
    expect(problems).toEqual([])
    expect(objects.map(({ object }) => object.metadata.name)).toEqual(['a', 'b'])
  })

  it.each([
    ['text behind the dashes', `${configMap('a')}--- text\n${configMap('b')}`, 5, 'no separator'],
    ['what follows the end of a document', `${configMap('a')}...\n${configMap('b')}`, 6, 'reads no further'],
    ['what is indented less than the first line', ` ${configMap('a')}`, 2, 'reads no further'],
  ])('refuses %s, which kubectl leaves out or refuses', (_what, text, line, words) => {
    const errors = parse(text).problems.filter(({ message }) => message.includes(words))
    expect(errors).toEqual([expect.objectContaining({ severity: 'error' })])
    expect(errors[0]?.at).toMatchObject({ line })
  })

  it('takes null and an empty text for no namespace', () => {
    const account = (namespace: string) =>
      `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: a, namespace: ${namespace} }\n`
    const { objects, problems } = parse(account('') + account('""') + account('x'))
    expect(problems).toEqual([])
    expect(objects.map(({ object }) => object.metadata.namespace)).toEqual([undefined, undefined, 'x'])
  })

  it('gives hooks of Argo CD whose names are generated one that their content makes, as each sync would', () => {
    const job = (annotation: string, text = 'a') =>
      parse(
        `apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: seed-, annotations: { ${annotation}: PreSync } }\nspec: { x: ${text} }\n`,
      )
    const names = [
      job('argocd.argoproj.io/hook'),
      job('argocd.argoproj.io/hook'),
      job('argocd.argoproj.io/hook', 'b'),
      job('helm.sh/hook'),
    ].flatMap(({ objects, problems }) => {
      expect(problems).toEqual([])
      return objects.map(({ object: { metadata } }) => {
        expect(metadata).not.toHaveProperty('generateName')
        return metadata.name
      })
    })
    expect(names).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^seed-[0-9a-f]{5}$/)))
    expect(names[1]).toBe(names[0])
    expect(new Set(names).size).toBe(3)
  })

  it('lets helm make objects whose names are generated, and warns of keys that stand twice in what helm made', () => {
    const { objects, problems } = parse(
      'apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: a-, labels: { x: a, x: b } }\n',
      'helm',
    )
    expect(objects).toMatchObject([{ object: { metadata: { name: '', generateName: 'a-', labels: { x: 'b' } } } }])
    expect(problems).toEqual([expect.objectContaining({ severity: 'warning' })])
  })
})

/** A few hundred letters that would be ten to the ninth values. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const inner = level === 0 ? 'lol' : `*a${level - 1}`
    return `  a${level}: &a${level} [${Array.from({ length: 10 }, () => inner).join(', ')}]\n`
  })
  return `x:\n${levels.join('')}`
}

describe('metadata of another type', () => {
  it.each([
    [
      'a label that is a boolean',
      configMap('a\n  labels: { ready: true }'),
      5,
      'metadata.labels.ready is the boolean true',
    ],
    ['a namespace that is a number', configMap('a\n  namespace: 5'), 5, 'metadata.namespace is the number 5'],
  ])('is named with its line: %s', (_what, text, line, words) => {
    const faults = parse(text).objects.flatMap(({ faults: found = [] }) => found)
    expect(faults[0]?.message).toContain(words)
    expect(faults[0]).toMatchObject({ severity: 'error', at: { file: 'a.yaml', line } })
  })
})
