import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { nodeLabelsOf } from '../../../../cluster/nodes/labels.ts'
import type { Taint } from '../../../../config/config.ts'

type Live = { labels?: Record<string, string>; annotations?: Record<string, string>; taints?: object[] }

const node = ({ labels = {}, annotations = {}, taints = [] }: Live = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'demo-worker', resourceVersion: '7', labels, annotations },
  spec: { taints },
})

/** A JSON merge patch, as the API server applies it. */
const patched = (target: unknown, patch: unknown): unknown => {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch
  const result: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) }
  for (const [key, value] of Object.entries(patch))
    if (value === null) delete result[key]
    else result[key] = patched(result[key], value)
  return result
}

const infra: Taint = { key: 'dedicated', value: 'infra', effect: 'NoSchedule' }

describe('nodeLabelsOf', () => {
  it('has nothing to say of a node that is as the file says', () => {
    const live = node({
      labels: { tier: 'a', 'kubernetes.io/hostname': 'demo-worker' },
      annotations: { 'kindup.dev/labels': '["tier"]', 'kindup.dev/taints': '["dedicated:NoSchedule"]' },
      taints: [infra],
    })
    expect(nodeLabelsOf(live, { labels: { tier: 'a' }, taints: [infra] })).toEqual({
      differences: [],
      patch: undefined,
    })
  })

  it('remembers what kind has set, without calling it a difference', () => {
    const { differences, patch } = nodeLabelsOf(node({ labels: { tier: 'a' } }), { labels: { tier: 'a' }, taints: [] })
    expect(differences).toEqual([])
    expect(patch).toMatchObject({ metadata: { annotations: { 'kindup.dev/labels': '["tier"]' } } })
    expect(patch).not.toHaveProperty('spec')
  })

  it('says every difference in words', () => {
    const live = node({ labels: { tier: 'a', zone: 'z' }, annotations: { 'kindup.dev/labels': '["tier","zone"]' } })
    expect(nodeLabelsOf(live, { labels: { tier: 'b' }, taints: [infra] }).differences).toEqual([
      'label tier=b',
      'label zone is no longer in the file',
      'taint dedicated=infra:NoSchedule',
    ])
  })

  it('survives a note that somebody edited', () => {
    const live = node({ labels: { tier: 'a' }, annotations: { 'kindup.dev/labels': 'tier,zone' } })
    expect(nodeLabelsOf(live, { labels: { tier: 'a' }, taints: [] }).differences).toEqual([])
  })

  it('after its patch nothing differs, and what is not from the file stands as before', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd')
    const value = fc.constantFrom('', '1', '2')
    const taint: fc.Arbitrary<Taint> = fc.record({
      key,
      value,
      effect: fc.constantFrom('NoSchedule' as const, 'NoExecute' as const),
    })
    const wanted = fc.record({
      labels: fc.dictionary(key, value),
      taints: fc.uniqueArray(taint, { selector: ({ key: of, effect }) => `${of}:${effect}` }),
    })
    fc.assert(
      fc.property(wanted, wanted, (first, second) => {
        const foreign = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
        const fresh = node({ labels: { foreign: 'yes' }, taints: [foreign] })
        const apply = (live: KubeObject, to: typeof first) =>
          patched(live, nodeLabelsOf(live, to).patch ?? {}) as KubeObject
        const one = apply(fresh, first)
        expect(nodeLabelsOf(one, first)).toEqual({ differences: [], patch: undefined })
        const two = apply(one, second)
        expect(two.metadata.labels).toEqual({ foreign: 'yes', ...second.labels })
        const taints = (two['spec'] as { taints: object[] }).taints
        expect(taints).toContainEqual(foreign)
        expect(taints).toHaveLength(second.taints.length + 1)
      }),
    )
  })
})
