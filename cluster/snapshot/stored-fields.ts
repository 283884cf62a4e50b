import { changed, fieldOf, kindIn, objectOf, withoutFields } from './stored-object.ts'
import { wireBytes, wireFields, wireMessage, wireText, type WireField } from './wire.ts'

/** Fields as the .proto files of k8s.io/api v0.36 have them. */
const metadataFields = { labels: 11, annotations: 12, owners: 13 } as const
/** selfLink, uid, resourceVersion, generation, creationTimestamp and managedFields. */
const identity = [4, 5, 6, 7, 8, 17]
const ownerUid = 4
const secretFields = { data: 2, type: 3 } as const
const serviceSelector = 2
/** NodeSpec: unschedulable and taints. What was given to the node (its addresses among pods) is its own. */
const nodeSettings = [4, 5]
const tokenType = 'kubernetes.io/service-account-token'
const withStatus = ['Deployment', 'DaemonSet', 'StatefulSet', 'ReplicaSet']

/** Whether two objects say the same, whoever made them and when. The status of workloads follows by itself. */
export const isSameButIdentity = (one: Uint8Array, other: Uint8Array): boolean => {
  const [a, b] = [essence(one), essence(other)]
  return a !== undefined && b !== undefined && a.equals(b)
}

const essence = (value: Uint8Array): Buffer | undefined => {
  const object = safely(() => objectOf(value))
  if (!object) return undefined
  const hasStatus = withStatus.includes(kindIn(value) ?? '')
  const rest = wireFields(object).filter(
    ({ number }) => number !== fieldOf.metadata && !(hasStatus && number === fieldOf.status),
  )
  const metadata = wireFields(wireBytes(object, fieldOf.metadata) ?? new Uint8Array()).filter(
    ({ number }) => !identity.includes(number),
  )
  return Buffer.concat([wireMessage(metadata), Buffer.of(0), wireMessage(rest)])
}

export const labelsOf = (value: Uint8Array): ReadonlyMap<string, string> => mapIn(value, metadataFields.labels)

/** UIDs of what it goes with. */
export const ownersOf = (value: Uint8Array): readonly string[] =>
  metadataOf(value)
    .filter(({ number }) => number === metadataFields.owners)
    .flatMap(({ bytes }) => wireText(bytes, ownerUid) ?? [])

/** The UID of the ServiceAccount that a Secret is a token of. */
export const accountOfToken = (value: Uint8Array): string | undefined =>
  isToken(value) ? mapIn(value, metadataFields.annotations).get('kubernetes.io/service-account.uid') : undefined

/** A Secret without the token that a cluster signed, and without its certificate: the cluster that has it now writes its own into it. */
export const withoutToken = (value: Uint8Array): Uint8Array => {
  if (!isToken(value)) return value
  return withoutFields(
    value,
    (field) => field.number === secretFields.data && ['token', 'ca.crt'].includes(wireText(field.bytes, 1) ?? ''),
  )
}

/** A node of now with the labels, taints and cordon of another one. */
export const withNodeSettings = (now: Uint8Array, saved: Uint8Array): Uint8Array => {
  const from = (of: number, numbers: readonly number[]): readonly WireField[] =>
    wireFields(wireBytes(objectOf(saved), of) ?? new Uint8Array()).filter(({ number }) => numbers.includes(number))
  const merged = (of: number, numbers: readonly number[]) => (bytes: Uint8Array | undefined) =>
    wireMessage(
      [
        ...wireFields(bytes ?? new Uint8Array()).filter(({ number }) => !numbers.includes(number)),
        ...from(of, numbers),
      ].toSorted((a, b) => a.number - b.number),
    )
  if (!objectOf(saved)) return now
  const labelled = changed(now, fieldOf.metadata, merged(fieldOf.metadata, [metadataFields.labels]))
  return changed(labelled, fieldOf.spec, merged(fieldOf.spec, nodeSettings))
}

/** Whether it finds its pods itself: then a controller keeps its addresses. */
export const serviceHasSelector = (value: Uint8Array): boolean =>
  wireFields(wireBytes(objectOf(value), fieldOf.spec) ?? new Uint8Array()).some(
    ({ number }) => number === serviceSelector,
  )

const isToken = (value: Uint8Array): boolean =>
  kindIn(value) === 'Secret' && wireText(objectOf(value), secretFields.type) === tokenType

const metadataOf = (value: Uint8Array): readonly WireField[] =>
  safely(() => wireFields(wireBytes(objectOf(value), fieldOf.metadata) ?? new Uint8Array())) ?? []

const mapIn = (value: Uint8Array, number: number): ReadonlyMap<string, string> =>
  new Map(
    metadataOf(value)
      .filter((field) => field.number === number)
      .map(({ bytes }) => [wireText(bytes, 1) ?? '', wireText(bytes, 2) ?? ''] as const),
  )

/** What is no message of protobuf says nothing. */
const safely = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
