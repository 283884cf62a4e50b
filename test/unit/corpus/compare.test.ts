import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Fields } from '../../../core/fields.ts'
import { differencesOf, pairsOf } from '../../corpus/compare.ts'
import { purposes } from '../../corpus/on-purpose.ts'

const settings = (parts: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { level: 'debug' },
  ...parts,
})

/** What is left of the differences once those on purpose are taken away. */
const wrong = (sent: readonly Fields[], ours: readonly Fields[]): readonly string[] => {
  const { pairs, differences } = pairsOf(sent, ours, { home: 'dev', ordered: true })
  const inside = pairs.flatMap((pair) =>
    differencesOf(pair).filter((one) => !purposes.some(({ explains }) => explains(one, pair, 'dev'))),
  )
  return [...differences, ...inside].map(({ object, path }) => [object, ...path].join(' '))
}

describe('the comparison of what is sent', () => {
  it('takes what kindup adds on purpose for the same', () => {
    const labels = { 'kindup.dev/cluster': 'demo', 'kindup.dev/step': 'service.it_dev' }
    expect(wrong([settings()], [settings({ metadata: { name: 'settings', namespace: 'dev', labels } })])).toEqual([])
  })

  it('names every other value by its path, whatever has the same text', () => {
    const label = { name: 'settings', labels: { mine: 'x' } }
    expect(wrong([settings()], [settings({ metadata: label })])).toEqual(['v1 ConfigMap settings metadata labels'])
    expect(wrong([settings({ data: { a: '1', b: ['x'] } })], [settings({ data: { a: 1, b: [] } })])).toEqual([
      'v1 ConfigMap settings data a',
      'v1 ConfigMap settings data b 0',
    ])
  })

  it('sees an object too few, one too many, and another order', () => {
    const other = settings({ metadata: { name: 'other' } })
    expect(wrong([settings(), other], [settings()])).toEqual(['v1 ConfigMap other'])
    expect(wrong([settings()], [settings(), settings()])).toEqual(['v1 ConfigMap settings (2)'])
    expect(wrong([settings(), other], [other, settings()])).toEqual(['object 1 of 2'])
  })

  it('knows a Secret whose texts were encoded, and no other data', () => {
    const secret = (parts: Fields): Fields => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login' },
      ...parts,
    })
    const written = secret({ stringData: { user: 'me' } })
    expect(wrong([written], [secret({ data: { user: 'bWU=' } })])).toEqual([])
    expect(wrong([written], [secret({ data: { user: 'eW91' } })])).toEqual(['v1 Secret login data'])
  })

  it('allows what the page on compatibility says, and nothing more', () => {
    const page = readFileSync(new URL('../../../docs/compatibility.md', import.meta.url), 'utf8')
    const [, section = ''] = /\n## What is changed\n([\s\S]*?)\n## /.exec(page) ?? []
    const said = [...section.matchAll(/^- (.+)$/gm)].map(([, what]) => what)
    expect(said).toEqual(purposes.map(({ what }) => what))
  })
})
