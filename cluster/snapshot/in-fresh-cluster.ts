import type { Keys } from './difference.ts'
import {
  accountOfToken,
  isSameButIdentity,
  labelsOf,
  ownersOf,
  serviceHasSelector,
  withNodeSettings,
  withoutToken,
} from './stored-fields.ts'
import { readStored } from './stored-object.ts'

/** What kubeadm and kindup write of the cluster that is: its certificates, its addresses, and what is recorded of its nodes. */
const ofCluster = [
  '/registry/configmaps/kube-system/extension-apiserver-authentication',
  '/registry/configmaps/kube-system/kubeadm-config',
  '/registry/configmaps/kube-system/kubelet-config',
  '/registry/configmaps/kube-system/kube-proxy',
  '/registry/configmaps/kube-public/cluster-info',
  '/registry/csinodes/',
  '/registry/leases/',
]
/** What kindup recorded of nodes, registries and images is true of the ones that are there. */
const recorded = '/registry/secrets/kindup/'
const workloads = ['deployments', 'daemonsets', 'statefulsets', 'replicasets']

/**
 * What a snapshot of another cluster is in a fresh one, whose certificates, addresses and keys are its own. What is there and says the same
 * stays, with what controllers made for it: nothing of the control plane, nor DNS and network, is made twice. Tokens that the other
 * cluster signed are left out and issued again; which pods answer for a Service is found again.
 */
export const inFreshCluster = (saved: Keys, live: Keys): Keys => {
  const wanted = new Map<string, string>()
  const replaced = new Set<string>()
  const staying = new Set<string>()
  const selected = new Set(
    [...saved].flatMap(([key, value]) =>
      key.startsWith('/registry/services/specs/') && serviceHasSelector(bytesOf(value))
        ? [key.replace('/specs/', '/endpoints/')]
        : [],
    ),
  )
  const named = new Set([...saved.values()].flatMap((value) => accountOfToken(bytesOf(value)) ?? []))
  for (const [key, value] of saved) {
    const now = live.get(key)
    if (isOfCluster(key)) continue
    const uid = readStored(bytesOf(value))?.uid ?? ''
    if (now !== undefined && !named.has(uid) && isSameButIdentity(bytesOf(value), bytesOf(now))) {
      wanted.set(key, now)
      if (workloads.includes(key.split('/')[2] ?? '')) {
        replaced.add(uid)
        staying.add(readStored(bytesOf(now))?.uid ?? '')
      }
    } else if (key.startsWith(recorded)) wanted.set(key, now ?? value)
    else if (key.startsWith('/registry/minions/'))
      wanted.set(key, now === undefined ? value : textOf(withNodeSettings(bytesOf(now), bytesOf(value))))
    else if (key.startsWith('/registry/secrets/')) wanted.set(key, textOf(withoutToken(bytesOf(value))))
    else if (now !== undefined || !(selected.has(key) || isFoundAgain(key, value))) wanted.set(key, value)
  }
  for (const [key, now] of live) if (isOfCluster(key) || key.startsWith(recorded)) wanted.set(key, now)
  follow(saved, replaced, (key, uid) => {
    // What was made for one that stays was made for it here too, under its own name.
    wanted.delete(key)
    replaced.add(uid)
  })
  follow(live, staying, (key, uid) => {
    wanted.set(key, live.get(key) ?? '')
    staying.add(uid)
  })
  return wanted
}

const isOfCluster = (key: string): boolean =>
  ofCluster.some((one) => key.startsWith(one)) ||
  key.endsWith('/kube-root-ca.crt') ||
  key.startsWith('/registry/secrets/kube-system/bootstrap-token-')

/** The addresses of pods, which a controller writes for each Service. */
const isFoundAgain = (key: string, value: string): boolean =>
  key.startsWith('/registry/endpointslices/') &&
  /^endpointslice(mirroring)?-controller/.test(
    labelsOf(bytesOf(value)).get('endpointslice.kubernetes.io/managed-by') ?? '',
  )

/** Whatever has one of these as owner, and what has that as owner. */
const follow = (keys: Keys, owners: ReadonlySet<string>, found: (key: string, uid: string) => void): void => {
  const left = new Map([...keys].filter(([key]) => !isOfCluster(key)))
  for (let isMore = owners.size > 0; isMore;) {
    isMore = false
    for (const [key, value] of left) {
      const bytes = bytesOf(value)
      if (!ownersOf(bytes).some((uid) => owners.has(uid))) continue
      found(key, readStored(bytes)?.uid ?? '')
      left.delete(key)
      isMore = true
    }
  }
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64')
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
