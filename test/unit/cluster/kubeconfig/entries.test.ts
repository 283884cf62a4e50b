import * as fc from 'fast-check'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { addEntriesOf } from '../../../../cluster/kubeconfig/add-entries.ts'
import { currentContextOf, entriesOf, parseKubeconfig } from '../../../../cluster/kubeconfig/document.ts'
import { entriesFor } from '../../../../cluster/kubeconfig/entries.ts'
import { removeEntriesOf } from '../../../../cluster/kubeconfig/remove-entries.ts'
import { files, fromKind } from './shapes.ts'

const file = '/home/me/.kube/config'
const add = (text: string, name: string, options: { port?: number; made?: boolean } = {}): string =>
  addEntriesOf(parseKubeconfig(text, file), name, entriesFor(name, fromKind(name, options.port)), options.made ?? false)
    .text
const removal = (text: string, name: string, known: Parameters<typeof removeEntriesOf>[2] = {}) => {
  const { after, said } = removeEntriesOf(parseKubeconfig(text, file), name, known)
  return { text: after?.text, said }
}
const remove = (text: string, name: string): string | undefined => removal(text, name).text
const namesIn = (text: string, section: 'clusters' | 'contexts' | 'users'): string[] =>
  entriesOf(parseKubeconfig(text, file), section).map(({ name }) => name)
const current = (text: string) => currentContextOf(parseKubeconfig(text, file))

describe('adding', () => {
  test('puts three entries in front of the others and makes the context current', () => {
    const before = [
      'apiVersion: v1',
      'clusters: # all of them',
      '# the real one',
      '- cluster: {server: https://prod}',
      '  name: prod',
      'contexts: []',
      'current-context: prod # careful',
      'kind: Config',
      '',
    ].join('\n')
    expect(add(before, 'x')).toBe(
      [
        'users:',
        '  - name: kind-x',
        '    user:',
        '      client-certificate-data: LS0tLS1C',
        '      client-key-data: LS0tLS1D',
        'apiVersion: v1',
        'clusters: # all of them',
        '- cluster:',
        `    certificate-authority-data: ${'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t'.repeat(3)}`,
        '    server: https://127.0.0.1:6443',
        '  name: kind-x',
        '# the real one',
        '- cluster: {server: https://prod}',
        '  name: prod',
        'contexts:',
        '- context:',
        '    cluster: kind-x',
        '    extensions:',
        '      - extension:',
        '          before:',
        '            contexts: " []"',
        '            users: null',
        '            current-context: " prod"',
        '        name: kindup.dev',
        '    user: kind-x',
        '  name: kind-x',
        'current-context: kind-x # careful',
        'kind: Config',
        '',
      ].join('\n'),
    )
  })

  test('keeps everything that was there, whatever the shape', () => {
    fc.assert(
      fc.property(files, (before) => {
        const after = add(before, 'x')
        for (const section of ['clusters', 'contexts', 'users'] as const) {
          expect(namesIn(after, section).toSorted()).toEqual([...namesIn(before, section), 'kind-x'].toSorted())
        }
        expect(current(after)).toBe('kind-x')
      }),
    )
  })

  test('of JSON stays JSON', () => {
    const before = '{"clusters":null,"contexts":[{"name":"prod","context":{}}],"current-context":"prod"}'
    expect(JSON.parse(add(before, 'x'))).toMatchObject({
      clusters: [{ name: 'kind-x' }],
      contexts: [{ name: 'kind-x' }, { name: 'prod' }],
      users: [{ name: 'kind-x' }],
      'current-context': 'kind-x',
    })
  })

  test('the same again changes nothing, also where another context became current', () => {
    const once = add('contexts:\n- name: prod\n  context: {}\n', 'x')
    expect(add(once, 'x')).toBe(once)
    const elsewhere = once.replace('current-context: kind-x', 'current-context: prod')
    expect(add(elsewhere, 'x')).toBe(elsewhere)
  })

  test('a cluster made again gets its new entries and is taken out without a trace', () => {
    fc.assert(
      fc.property(files, (before) => {
        const again = add(add(before, 'x'), 'x', { port: 7443 })
        expect(again).toContain('https://127.0.0.1:7443')
        expect(again).not.toContain('https://127.0.0.1:6443')
        expect(remove(again, 'x')).toBe(before)
      }),
    )
  })

  test('replaces what a cluster of kind with that name left behind', () => {
    const added = add(fromKind('x', 1234), 'x')
    expect(namesIn(added, 'clusters')).toEqual(['kind-x'])
    expect(added).not.toContain('1234')
    const left = remove(added, 'x') ?? ''
    expect(namesIn(left, 'contexts')).toEqual([])
    expect(current(left)).toBeUndefined()
  })
})

describe('removing', () => {
  test('gives the bytes of before', () => {
    fc.assert(
      fc.property(files, (before) => {
        expect(remove(add(before, 'x'), 'x')).toBe(before)
      }),
      { numRuns: 200 },
    )
  })

  test('gives the bytes of before with several clusters, in any order', () => {
    const clusters = ['one', 'two', 'three']
    fc.assert(
      fc.property(
        files,
        fc.shuffledSubarray(clusters, { minLength: 1 }),
        fc.infiniteStream(fc.nat()),
        (before, added, picks) => {
          let text = added.reduce((content, name) => add(content, name), before)
          const order = added.toSorted(() => ((picks.next().value as number) % 2 === 0 ? -1 : 1))
          for (const name of order) text = remove(text, name) ?? 'gone'
          expect(text).toBe(before)
        },
      ),
    )
  })

  test('a file that was made is gone after the last cluster, whoever made it', () => {
    const two = add(add('', 'one', { made: true }), 'two')
    expect(remove(remove(two, 'one') ?? '', 'two')).toBeUndefined()
    expect(remove(remove(two, 'two') ?? '', 'one')).toBeUndefined()
  })

  test('a file that was made stays when somebody else wrote into it', () => {
    const made = add('', 'x', { made: true })
    expect(remove(`# mine\n${made}`, 'x')).toBe('# mine\n')
    const more = remove(made.replace('contexts:\n', 'contexts:\n  - name: prod\n    context: {}\n'), 'x')
    expect(namesIn(more ?? '', 'contexts')).toEqual(['prod'])
    expect(more).not.toContain('kind-x')
  })

  test('keeps entries that others added and comments that they wrote between ours', () => {
    fc.assert(
      fc.property(files, (before) => {
        fc.pre(!before.startsWith('{'))
        const eol = before.includes('\r\n') ? '\r\n' : '\n'
        const added = add(before, 'x')
        const edited = added
          .replace(/^( *)(name: kind-x\r?$)/gm, `$1# theirs${eol}$1$2`)
          .replace(/^( *)- (cluster|context|user|name):/m, `$1- name: late${eol}$1- $2:`)
        const after = remove(edited, 'x') ?? ''
        expect(after).not.toContain('kind-x')
        expect(after.match(/# theirs/g)?.length).toBe(edited.match(/# theirs/g)?.length)
        expect(after.includes('name: late')).toBe(edited.includes('name: late'))
      }),
    )
  })

  test('survives another program that writes the whole file again', () => {
    fc.assert(
      fc.property(files, (before) => {
        const again = JSON.stringify(parse(add(before, 'x')))
        const after = remove(again, 'x') ?? ''
        for (const section of ['clusters', 'contexts', 'users'] as const)
          expect(namesIn(after, section)).toEqual(namesIn(before, section))
        expect(current(after)).toBe(current(before))
        expect(JSON.parse(after)).toBeTypeOf('object')
      }),
    )
  })

  test('leaves the current context alone when it is no longer ours', () => {
    const edited = add('contexts:\n- name: prod\n  context: {}\n', 'x').replace(
      'current-context: kind-x',
      'current-context: prod',
    )
    expect(current(edited)).toBe('prod')
    expect(current(remove(edited, 'x') ?? '')).toBe('prod')
  })

  test('unsets the current context, and says so, when the previous one is gone', () => {
    const added = add('contexts: [{name: prod, context: {}}]\ncurrent-context: prod\n', 'x')
    const { text, said } = removal(added.replace(', {name: prod, context: {}}', ''), 'x')
    expect(text).toBe('contexts: []\ncurrent-context: ""\n')
    expect(said).toEqual([expect.stringContaining('prod, which was current before kind-x, is gone')])
  })

  test('takes what the caller knows where the memory is lost', () => {
    const text = `contexts:\n- name: kind-x\n  context: {}\n- name: prod\n  context: {}\ncurrent-context: kind-x\n`
    expect(removal(text, 'x', { previous: 'prod' }).text).toBe(
      'contexts:\n- name: prod\n  context: {}\ncurrent-context: "prod"\n',
    )
    expect(current(removal(text, 'x', {}).text ?? '')).toBeUndefined()
    expect(removal(fromKind('x'), 'x', { made: true }).text).toBeUndefined()
  })

  test('of a cluster that is not there changes nothing', () => {
    fc.assert(
      fc.property(files, (text) => {
        expect(remove(text, 'x')).toBe(text)
      }),
    )
  })
})

test.for([
  ['clusters: [', /config:1:12/],
  ['a: 1\nb:\n- c\n d: x\n', /config:\d:\d/],
  ['clusters: nonsense\n', /config:1:11.*clusters is not a list/],
  ['- a\n', /config:1:1.*not a map/],
  ['a: 1\n---\nb: 1\n', /config:2:1/],
] as const)('%j is refused with its place', ([text, message]) => {
  expect(() => add(text, 'x')).toThrow(message)
  expect(() => add(text, 'x')).toThrow(expect.objectContaining({ code: 'kubeconfig' }))
})
