import type { Obj } from './object.ts'
import type { Store } from './store.ts'
import type { Writes } from './writes.ts'
import { condition } from './controllers/world.ts'

export type NodeSeed = {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  /** Default true. */
  readonly ready?: boolean
}

/** What a fresh cluster holds before anybody uses it. */
export const seed = (store: Store, writes: Writes, nodes: readonly NodeSeed[]): void => {
  const create = (object: Obj): Obj =>
    writes.create(store.kindOf(object), object.metadata.namespace, object, { manager: 'kube-apiserver' })
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease'])
    create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] },
  })
  for (const { name, labels, taints, ready = true } of nodes) {
    const node = create({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...labels } },
      spec: { ...(taints && { taints }) },
    })
    const status = {
      conditions: [condition('Ready', ready)],
      allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
      nodeInfo: { kubeletVersion: 'v1.36.2' },
    }
    writes.replace(store.kindOf(node), node, { ...node, status }, { manager: 'kubelet', subresource: 'status' })
  }
}
