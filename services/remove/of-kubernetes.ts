import type { KubeObject } from '../../cluster/kube/kube.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'

/** Kinds of which nobody misses an object: what was told of others, and who leads for the moment. */
const passing = new Set([
  'Event',
  'events.k8s.io/Event',
  'coordination.k8s.io/Lease',
  'coordination.k8s.io/LeaseCandidate',
])

/** What a program alone wrote, and writes again where it runs: kind, name, program. */
const derived: readonly (readonly [RegExp, RegExp, RegExp])[] = [
  [/./, /./, /^(?:kube-controller-manager|kube-apiserver|kube-scheduler|kubelet)$/],
  [/^(?:Secret|ConfigMap)$/, /./, /^(?:cert-manager|kube-webhook-certgen)/],
  [/^Secret$/, /^argocd-(?:initial-admin-secret|redis)$/, /^argocd/],
  [/^AppProject$/, /^default$/, /^argocd/],
  [/^ConfigMap$/, /^istio-ca-root-cert$/, /^pilot-discovery$/],
]

/** In every namespace, whoever adds a line to them. */
const everywhere: readonly (readonly [string, string])[] = [
  ['ServiceAccount', 'default'],
  ['ConfigMap', 'kube-root-ca.crt'],
]

/** Whether Kubernetes, or a known controller, made an object by itself, and makes it again where it is wanted. */
export const isOfKubernetes = (object: KubeObject): boolean => {
  const { kind, metadata } = object
  const { name, managedFields = [] } = metadata
  if (passing.has(groupKind(object))) return true
  if (everywhere.some(([one, other]) => one === kind && other === name)) return true
  // A claim that a StatefulSet asked for is written by a controller too, and holds data.
  if (kind === 'PersistentVolumeClaim' || managedFields.length === 0) return false
  return managedFields.every(({ manager = '' }) =>
    derived.some(([kinds, names, writers]) => kinds.test(kind) && names.test(name) && writers.test(manager)),
  )
}
