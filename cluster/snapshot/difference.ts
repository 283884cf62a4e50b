import { EnvironmentError } from '../../core/errors.ts'
import { asNewPod, readStored, withStatusOf, type StoredObject } from './stored-object.ts'

/** What etcd holds under /registry/: values by their keys, both as they are, values in base64. */
export type Keys = ReadonlyMap<string, string>

/** What has to be written to make one state of etcd into the other, in this order. */
export type Difference = {
  readonly puts: readonly (readonly [key: string, value: string])[]
  readonly deletes: readonly string[]
}

/** What the cluster keeps for a moment only, or holds of itself: nobody puts it back. */
const passing = ['events', 'masterleases', 'peerserverleases', 'certificatesigningrequests']
const owners = ['deployments', 'statefulsets', 'daemonsets', 'cronjobs', 'jobs']
/** What is needed first is made first, and whoever makes others goes before they do. */
const putOrder = [['namespaces'], ['customresourcedefinitions'], [], owners, ['replicasets'], ['pods']]
const deleteOrder = [owners, ['replicasets'], [], ['pods'], ['customresourcedefinitions'], ['namespaces']]

/**
 * What makes `live` into what was `saved`, written as changes, so that every watch of the cluster sees them happen: revisions only
 * grow, and nobody holds one that is newer than the cluster. What controllers make again by themselves is left to them.
 */
export const differenceTo = (saved: Keys, live: Keys, newUid: () => string): Difference => {
  const pods = podDifference(saved, live, newUid)
  const puts: (readonly [string, string])[] = [...pods.puts]
  const deletes: string[] = [...pods.deletes]
  for (const [key, value] of saved) {
    const now = live.get(key)
    const kind = kindOf(key)
    if (now === value || kind === 'pods' || passing.includes(kind) || (now !== undefined && isFollowing(kind))) continue
    puts.push([key, kind === 'minions' && now !== undefined ? nodeWith(value, now) : value])
  }
  for (const key of live.keys()) {
    const kind = kindOf(key)
    if (saved.has(key) || kind === 'pods' || (passing.includes(kind) && kind !== 'events')) continue
    if (isFollowing(kind) && isKept(key, kind, saved)) continue
    deletes.push(key)
  }
  return {
    puts: puts
      .filter(([key, value]) => live.get(key) !== value)
      .toSorted(([a], [b]) => rank(a, putOrder) - rank(b, putOrder)),
    deletes: deletes.toSorted((a, b) => rank(a, deleteOrder) - rank(b, deleteOrder)),
  }
}

/** `pods` of `/registry/pods/dev/web-1`, `endpoints` of `/registry/services/endpoints/dev/web`. */
const kindOf = (key: string): string => {
  const [, , first = '', second = ''] = key.split('/')
  if (first === 'services') return second === 'endpoints' ? 'endpoints' : 'services'
  if (!first.includes('.') || second === '') return first
  // Groups may have leases, endpoints and pods of their own, which are custom resources as all others.
  return first === 'apiextensions.k8s.io' ? second : `${second}.${first}`
}

/** Who holds what now, and which pods answer for a Service: true of the moment, not of what was saved. */
const isFollowing = (kind: string): boolean => ['leases', 'endpointslices', 'endpoints'].includes(kind)

/** One that was made since stays where its namespace stays; addresses of a Service that goes, go with it. */
const isKept = (key: string, kind: string, saved: Keys): boolean => {
  const [name = '', namespace = ''] = key.split('/').toReversed()
  if (!saved.has(`/registry/namespaces/${namespace}`)) return false
  return kind !== 'endpoints' || saved.has(`/registry/services/specs/${namespace}/${name}`)
}

const rank = (key: string, order: readonly (readonly string[])[]): number => {
  const kind = kindOf(key)
  const found = order.findIndex((kinds) => kinds.includes(kind))
  return found === -1 ? order.findIndex((kinds) => kinds.length === 0) : found
}

const nodeWith = (saved: string, live: string): string => {
  const value = decoded(saved)
  return readStored(value) ? encoded(withStatusOf(value, decoded(live))) : saved
}

const podDifference = (saved: Keys, live: Keys, newUid: () => string): Difference => {
  const uids = new Set(owningUids(saved))
  const changedAccounts = thatDiffer('/registry/serviceaccounts/', saved, live)
  const changedClaims = thatDiffer('/registry/persistentvolumeclaims/', saved, live)
  const puts: (readonly [string, string])[] = []
  const deletes: string[] = []
  const keys = new Set([...saved.keys(), ...live.keys()])
  for (const key of keys) {
    if (kindOf(key) !== 'pods') continue
    const [before, now] = [podAt(saved, key), podAt(live, key)]
    if (now?.pod.isMirror || (before?.pod.isMirror && !now)) continue
    const isSame = before !== undefined && now !== undefined && before.pod.uid === now.pod.uid
    const goesOn = now !== undefined && !isOver(now.pod) && !now.pod.isGoing
    if (isSame && (goesOn || isOver(before.pod))) {
      puts.push([key, encoded(withStatusOf(before.value, now.value))])
      continue
    }
    const isOutdated =
      changedAccounts.has(`${now?.pod.namespace ?? ''}/${now?.pod.serviceAccount ?? ''}`) ||
      now?.pod.claims.some((claim) => changedClaims.has(`${now.pod.namespace ?? ''}/${claim}`))
    const isMadeByOne = now?.pod.controller !== undefined && uids.has(now.pod.controller)
    if (isMadeByOne && goesOn && isOutdated !== true) continue
    if (before && isOver(before.pod)) puts.push([key, encoded(before.value)])
    else if (before && (before.pod.controller === undefined || !uids.has(before.pod.controller)))
      puts.push([key, encoded(asNewPod(before.value, newUid()))])
    else if (now) deletes.push(key)
  }
  return { puts, deletes }
}

/** UIDs of all that may own pods: of built-in kinds, and of custom resources. */
const owningUids = function* (saved: Keys): Generator<string> {
  for (const [key, value] of saved) {
    const kind = kindOf(key)
    if (['pods', 'secrets', 'configmaps', 'events', 'leases', 'minions'].includes(kind)) continue
    const uid = uidOf(decoded(value))
    if (uid !== undefined) yield uid
  }
}

/** Custom resources are JSON, all else is protobuf. */
const uidOf = (value: Buffer): string | undefined =>
  value[0] === 0x7b ? /"uid":"([0-9a-f-]{36})"/.exec(value.toString('utf8'))?.[1] : readStored(value)?.uid

/**
 * `dev/web` of those that were made again since. Tokens of such an account are of no use after it is the one of before, and a pod keeps
 * the volume that its claim had when it began.
 */
const thatDiffer = (prefix: string, saved: Keys, live: Keys): ReadonlySet<string> => {
  const differ = [...live].filter(([key, value]) => {
    const before = key.startsWith(prefix) ? saved.get(key) : undefined
    return before !== undefined && before !== value && uidOf(decoded(before)) !== uidOf(decoded(value))
  })
  return new Set(differ.map(([key]) => key.slice(prefix.length)))
}

const isOver = ({ phase }: StoredObject): boolean => phase === 'Succeeded' || phase === 'Failed'

const podAt = (keys: Keys, key: string): { readonly pod: StoredObject; readonly value: Buffer } | undefined => {
  const text = keys.get(key)
  if (text === undefined) return undefined
  const value = decoded(text)
  const pod = readStored(value)
  if (pod) return { pod, value }
  throw new EnvironmentError(
    'snapshot-unreadable',
    'Snapshots cannot be made here: etcd keeps the pods of this cluster encrypted, or not as protobuf.',
    { hints: ['Leave encryption to Secrets (EncryptionConfiguration), and the storage media type as it is.'] },
  )
}

const decoded = (text: string): Buffer => Buffer.from(text, 'base64')
const encoded = (value: Uint8Array): string => Buffer.from(value).toString('base64')
