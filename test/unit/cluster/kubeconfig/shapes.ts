import * as fc from 'fast-check'
import { stringify } from 'yaml'

/** The private kubeconfig that kind gives for a cluster. */
export const fromKind = (name: string, port = 6443): string =>
  stringify({
    apiVersion: 'v1',
    clusters: [
      {
        cluster: {
          'certificate-authority-data': 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t'.repeat(3),
          server: `https://127.0.0.1:${port}`,
        },
        name: `kind-${name}`,
      },
    ],
    contexts: [{ context: { cluster: `kind-${name}`, user: `kind-${name}` }, name: `kind-${name}` }],
    'current-context': `kind-${name}`,
    kind: 'Config',
    preferences: {},
    users: [{ name: `kind-${name}`, user: { 'client-certificate-data': 'LS0tLS1C', 'client-key-data': 'LS0tLS1D' } }],
  })

const inner = { clusters: 'cluster', contexts: 'context', users: 'user' } as const
type Section = keyof typeof inner

const entry = (section: Section, name: string): Record<string, unknown> => ({
  [inner[section]]:
    section === 'contexts'
      ? { cluster: name, user: name, namespace: 'd\u00c3\u00a9v' }
      : section === 'clusters'
        ? { server: `https://${name}:6443` }
        : { token: `token of ${name} # no comment` },
  name,
})

const names = fc.subarray(['prod', 'staging', 'a b', 'kind-other'])

const blockList = (section: Section, list: readonly string[], indent: string, comments: boolean): string =>
  list
    .map((name) => {
      const lines = stringify([entry(section, name)], { lineWidth: 0 })
        .trimEnd()
        .split('\n')
      return `${comments ? `${indent}# about ${name}\n` : ''}${lines.map((line) => indent + line).join('\n')}`
    })
    .join(comments ? ' # behind\n\n' : '\n')

const nothing = fc.constantFrom(
  '',
  ' ',
  ' null',
  ' ~',
  ' []',
  ' [ ]',
  '   []',
  ' # later',
  ' [] # none',
  '\n  []',
  ' # c\n  []',
)

const list = (section: Section): fc.Arbitrary<string | undefined> =>
  fc.oneof(
    fc.constant(undefined),
    nothing.map((text) => `${section}:${text}`),
    fc
      .tuple(
        names.filter((found) => found.length > 0),
        fc.constantFrom('', '  ', '    '),
        fc.boolean(),
        fc.constantFrom('', ' # list', ' &all'),
      )
      .map(
        ([found, indent, comments, behind]) => `${section}:${behind}\n${blockList(section, found, indent, comments)}`,
      ),
    names.map((found) => `${section}: [${found.map((name) => JSON.stringify(entry(section, name))).join(', ')}]`),
    names
      .filter((found) => found.length > 0)
      .map(
        (found) => `"${section}": [\n  ${found.map((name) => JSON.stringify(entry(section, name))).join(',\n  ')}\n]`,
      ),
  )

const current = fc.constantFrom(
  undefined,
  'current-context:',
  'current-context: ',
  'current-context: ""',
  'current-context: prod',
  `current-context:   'staging'  # my own`,
  'current-context: "a b"',
  'current-context: gone',
  'current-context: null',
  'current-context: # none',
  'current-context: >-\n  prod',
)

/** Kubeconfigs in block style, as people and programs leave them. */
const blockFiles: fc.Arbitrary<string> = fc
  .record({
    pairs: fc
      .tuple(
        list('clusters'),
        list('contexts'),
        list('users'),
        current,
        fc.constantFrom(undefined, 'apiVersion: v1'),
        fc.constantFrom(undefined, 'kind: Config'),
        fc.constantFrom(
          undefined,
          'preferences: {}',
          'preferences:\n  colors: true',
          'extensions:\n- name: x\n  extension: {}',
        ),
        fc.constantFrom(undefined, '# a comment', ''),
      )
      .chain((pairs) => fc.shuffledSubarray(pairs, { minLength: pairs.length }))
      .map((pairs) => pairs.filter((pair) => pair !== undefined)),
    head: fc.constantFrom('', '# mine\n', '---\n', '# mine\n--- # yes\n', '\n\n', '%YAML 1.2\n---\n'),
    tail: fc.constantFrom('', '\n', '\n# end', '\n\n\n', '\n...\n', '  \n'),
    eol: fc.constantFrom('\n', '\r\n'),
  })
  .map(({ pairs, head, tail, eol }) => (head + pairs.join('\n') + tail).replaceAll('\n', eol))

const flowList = (section: Section): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom(undefined, null),
    names.map((found) => found.map((name) => entry(section, name))),
  )

/** Kubeconfigs that are JSON. */
const jsonFiles: fc.Arbitrary<string> = fc
  .record({
    value: fc.record({
      kind: fc.constantFrom('Config', undefined),
      clusters: flowList('clusters'),
      contexts: flowList('contexts'),
      users: flowList('users'),
      'current-context': fc.constantFrom(undefined, null, '', 'prod', 'gone'),
    }),
    space: fc.constantFrom(undefined, 2, 4, '\t'),
    tail: fc.constantFrom('', '\n'),
  })
  .map(({ value, space, tail }) => JSON.stringify(value, null, space) + tail)

const fewFiles = fc.constantFrom(
  '',
  '\n',
  '# only a comment',
  '# only a comment\n',
  '---',
  '---\n',
  '--- # begins\n# and ends\n',
  '{}',
  '{ }\n',
  '{\n}\n',
  '{current-context: prod, clusters: [ ], contexts: [{name: prod, context: {cluster: prod}}]}',
  '{"clusters":null,"contexts":null,"users":null,"current-context":""}',
  'apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: ""\nkind: Config\npreferences: {}\nusers: null\n',
  '  apiVersion: v1\n  clusters:\n    - name: prod\n      cluster: {server: x}\n',
)

/** Kubeconfigs of every shape, as characters that are bytes. */
export const files: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: blockFiles },
  { weight: 2, arbitrary: jsonFiles },
  { weight: 1, arbitrary: fewFiles },
)
