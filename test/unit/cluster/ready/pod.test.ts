import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'
import { podsOf } from '../../../../cluster/ready/pod.ts'

const workload = (kind: string, more: { annotations?: Record<string, string>; status?: object } = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: 'dev', uid: 'd1', ...(more.annotations && { annotations: more.annotations }) },
  spec: { selector: { matchLabels: { app: 'web' } } },
  status: more.status ?? {},
})
const pod = (name: string, labels: Record<string, string> = {}, more: Partial<Pod['metadata']> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'dev', labels: { app: 'web', ...labels }, ...more },
})
const revision = 'deployment.kubernetes.io/revision'
const set = (uid: string, number: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `web-${uid}`,
    uid,
    annotations: { [revision]: number },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd1' }],
  },
})
const ownedBy = (uid: string) => ({ ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', uid }] })
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name)

describe('the pods of a workload', () => {
  it('are those that its selector takes, in its namespace, and not on their way out', () => {
    const pods = [
      pod('mine'),
      pod('other', { app: 'db' }),
      pod('elsewhere', {}, { namespace: 'prod' }),
      pod('going', {}, { deletionTimestamp: '2026-11-20T12:00:00Z' }),
    ]
    expect(names(podsOf(workload('Job'), pods, []))).toEqual(['mine'])
  })

  it('are those of the newest revision', () => {
    const deployment = workload('Deployment', { annotations: { [revision]: '2' } })
    const pods = [pod('old', {}, ownedBy('rs1')), pod('new', {}, ownedBy('rs2'))]
    expect(names(podsOf(deployment, pods, [set('rs1', '1'), set('rs2', '2')]))).toEqual(['new'])
    const stateful = workload('StatefulSet', { status: { updateRevision: 'b' } })
    const hashed = [pod('old', { 'controller-revision-hash': 'a' }), pod('new', { 'controller-revision-hash': 'b' })]
    expect(names(podsOf(stateful, hashed, []))).toEqual(['new'])
    const daemon = workload('DaemonSet', { annotations: { 'deprecated.daemonset.template.generation': '2' } })
    const counted = [pod('old', { 'pod-template-generation': '1' }), pod('new', { 'pod-template-generation': '2' })]
    expect(names(podsOf(daemon, counted, []))).toEqual(['new'])
  })
})
