import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { whyNoNode } from '../../../../cluster/ready/node-fit.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'

type Taint = { readonly key: string; readonly value?: string; readonly effect: string }
const node = (
  name: string,
  labels: Record<string, string> = {},
  taints: readonly Taint[] = [],
  ready = 'True',
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints },
  status: { conditions: [{ type: 'Ready', status: ready }], allocatable: { cpu: '2', memory: '4Gi' } },
})
const pod = (spec: Partial<Pod['spec']>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [], ...spec },
})

const controlPlane = node('cp', {}, [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }])
const backend = node('w1', { tier: 'backend' })
const infra = node('w2', { tier: 'infra' }, [{ key: 'dedicated', value: 'infra', effect: 'NoSchedule' }])
const all = [controlPlane, backend, infra]

describe('why no node can take a pod', () => {
  it('is nothing when one can', () => {
    expect(whyNoNode(pod({}), all)).toBeUndefined()
    expect(whyNoNode(pod({ nodeSelector: { tier: 'backend' } }), all)).toBeUndefined()
  })

  it('names the label that is missing', () => {
    expect(whyNoNode(pod({ nodeSelector: { tier: 'frontend' } }), all)).toBe('3 of 3 nodes: no label tier=frontend')
  })

  it('names the taint that is not tolerated', () => {
    const wanted = { nodeSelector: { tier: 'infra' } }
    expect(whyNoNode(pod(wanted), [infra])).toBe('1 of 1 nodes: taint dedicated=infra:NoSchedule is not tolerated')
    const tolerates = (toleration: object) => whyNoNode(pod({ ...wanted, tolerations: [toleration] }), [infra])
    expect(tolerates({ key: 'dedicated', value: 'infra', effect: 'NoSchedule' })).toBeUndefined()
    expect(tolerates({ key: 'dedicated', operator: 'Exists' })).toBeUndefined()
    expect(tolerates({ operator: 'Exists' })).toBeUndefined()
    expect(tolerates({ key: 'dedicated', value: 'other' })).toBeDefined()
    expect(tolerates({ key: 'dedicated', value: 'infra', effect: 'NoExecute' })).toBeDefined()
  })

  it('knows node affinity', () => {
    const affinity = (nodeSelectorTerms: object[]) =>
      pod({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } })
    const term = (operator: string, values: string[]) => ({ matchExpressions: [{ key: 'tier', operator, values }] })
    expect(whyNoNode(affinity([term('In', ['x']), term('In', ['backend'])]), all)).toBeUndefined()
    expect(whyNoNode(affinity([term('In', ['x'])]), [backend])).toBe('1 of 1 nodes: does not meet the node affinity')
    const byName = { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['w1'] }] }
    expect(whyNoNode(affinity([byName]), all)).toBeUndefined()
  })

  it('names what no node has enough of', () => {
    const asks = (requests: object) =>
      whyNoNode(pod({ containers: [{ name: 'main', resources: { requests: { ...requests } } }] }), [backend])
    expect(asks({ cpu: '1500m', memory: '4Gi' })).toBeUndefined()
    expect(asks({ cpu: '2100m' })).toBe('1 of 1 nodes: has less cpu than is asked for (2.1 of 2)')
    expect(asks({ memory: '64Gi' })).toBe('1 of 1 nodes: has less memory than is asked for (65536Mi of 4096Mi)')
  })

  it('is not told while a node may still become Ready, or trouble that goes by itself keeps pods away', () => {
    const nowhere = pod({ nodeSelector: { tier: 'frontend' } })
    expect(whyNoNode(nowhere, [backend, node('w3', {}, [], 'False')])).toBeUndefined()
    expect(whyNoNode(nowhere, [])).toBeUndefined()
    const pressed = node('w1', {}, [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }])
    expect(whyNoNode(pod({}), [pressed])).toBeUndefined()
  })
})
