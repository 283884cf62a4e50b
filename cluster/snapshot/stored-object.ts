import { wireBytes, wireField, wireFields, wireMessage, wireText, type WireField } from './wire.ts'

/** A Pod or a Node as etcd holds it: https://github.com/kubernetes/apimachinery/blob/master/pkg/runtime/serializer/protobuf/doc.go */
export type StoredObject = {
  readonly uid: string
  /** The UID of what makes it again when it is gone. */
  readonly controller?: string
  /** Static pods have a mirror of themselves in the API. */
  readonly isMirror: boolean
  /** It was deleted, and its kubelet ends it. */
  readonly isGoing: boolean
  /** Of a pod. */
  readonly phase?: string
  readonly serviceAccount?: string
  /** Names of the PersistentVolumeClaims that a pod uses. */
  readonly claims: readonly string[]
  readonly namespace?: string
}

const magic = Buffer.from('k8s\0')
/** Fields of runtime.Unknown, ObjectMeta, OwnerReference, and of Pod and Node, as their .proto files have them. */
export const fieldOf = { typeMeta: 1, raw: 2, metadata: 1, spec: 2, status: 3 } as const
const typeFields = { kind: 2 } as const
const metadataFields = { namespace: 3, uid: 5, deletionTimestamp: 9, annotations: 12, owners: 13 } as const
const ownerFields = { uid: 4, controller: 6 } as const
const podFields = { volumes: 1, serviceAccount: 8, phase: 1, qosClass: 9 } as const
const volumeFields = { source: 2, claim: 10, claimName: 1 } as const

/** Undefined where it is kept otherwise: encrypted, or as JSON. */
export const readStored = (value: Uint8Array): StoredObject | undefined => {
  try {
    return storedFrom(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const storedFrom = (value: Uint8Array): StoredObject | undefined => {
  const object = objectOf(value)
  if (!object) return undefined
  const metadata = wireBytes(object, fieldOf.metadata) ?? new Uint8Array()
  const all = wireFields(metadata)
  const owner = all
    .filter(({ number }) => number === metadataFields.owners)
    .find(({ bytes }) => (wireFields(bytes).find(({ number }) => number === ownerFields.controller)?.bytes[0] ?? 0) > 0)
  const controller = wireText(owner?.bytes, ownerFields.uid)
  // The same number means something else in the specs of other kinds.
  const isPod = kindIn(value) === 'Pod'
  const phase = isPod ? wireText(wireBytes(object, fieldOf.status), podFields.phase) : undefined
  const serviceAccount = isPod ? wireText(wireBytes(object, fieldOf.spec), podFields.serviceAccount) : undefined
  const claims = isPod ? claimsOf(wireBytes(object, fieldOf.spec) ?? new Uint8Array()) : []
  const namespace = wireText(metadata, metadataFields.namespace)
  return {
    uid: wireText(metadata, metadataFields.uid) ?? '',
    ...(controller === undefined ? {} : { controller }),
    isMirror: all.some(
      ({ number, bytes }) =>
        number === metadataFields.annotations && wireText(bytes, 1) === 'kubernetes.io/config.mirror',
    ),
    claims,
    isGoing: all.some(({ number }) => number === metadataFields.deletionTimestamp),
    ...(phase === undefined ? {} : { phase }),
    ...(serviceAccount === undefined ? {} : { serviceAccount }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

/** `Pod`; undefined for what is not protobuf. */
export const kindIn = (value: Uint8Array): string | undefined =>
  magic.equals(value.subarray(0, magic.length))
    ? wireText(wireBytes(value.subarray(magic.length), fieldOf.typeMeta), typeFields.kind)
    : undefined

const claimsOf = (spec: Uint8Array): readonly string[] =>
  wireFields(spec)
    .filter(({ number }) => number === podFields.volumes)
    .flatMap(({ bytes }) => {
      const claim = wireBytes(wireBytes(bytes, volumeFields.source), volumeFields.claim)
      return wireText(claim, volumeFields.claimName) ?? []
    })

/** The object with the status of another one. Both are Pods, or Nodes. */
export const withStatusOf = (value: Uint8Array, other: Uint8Array): Uint8Array =>
  changed(value, fieldOf.status, () => {
    const object = objectOf(other)
    return object && wireBytes(object, fieldOf.status)
  })

/** A pod that its kubelet has not started yet, on the node where it was. A kubelet takes no UID again that it saw end. */
export const asNewPod = (value: Uint8Array, uid: string): Uint8Array => {
  const renamed = changed(value, fieldOf.metadata, (metadata = new Uint8Array()) =>
    wireMessage(
      wireFields(metadata).map((field) =>
        field.number === metadataFields.uid ? wireField(metadataFields.uid, Buffer.from(uid)) : field,
      ),
    ),
  )
  return changed(renamed, fieldOf.status, (status = new Uint8Array()) =>
    wireMessage([
      wireField(podFields.phase, Buffer.from('Pending')),
      ...wireFields(status).filter(({ number }) => number === podFields.qosClass),
    ]),
  )
}

/** Without what says which kind it is. */
export const objectOf = (value: Uint8Array): Uint8Array | undefined =>
  magic.equals(value.subarray(0, magic.length)) ? wireBytes(value.subarray(magic.length), fieldOf.raw) : undefined

/** Without the fields of the object that a test finds. */
export const withoutFields = (value: Uint8Array, isOut: (field: WireField) => boolean): Uint8Array =>
  rewritten(value, (fields) => fields.filter((field) => !isOut(field)))

/** With one of its fields changed; undefined takes it out. */
export const changed = (
  value: Uint8Array,
  number: number,
  change: (bytes: Uint8Array | undefined) => Uint8Array | undefined,
): Uint8Array =>
  rewritten(value, (fields) => {
    const bytes = change(fields.find((field) => field.number === number)?.bytes)
    return [
      ...fields.filter((field) => field.number !== number),
      ...(bytes === undefined ? [] : [wireField(number, bytes)]),
    ].toSorted((a, b) => a.number - b.number)
  })

const rewritten = (value: Uint8Array, change: (fields: readonly WireField[]) => readonly WireField[]): Uint8Array => {
  const unknown = wireFields(value.subarray(magic.length))
  const fields = wireFields(unknown.find((field) => field.number === fieldOf.raw)?.bytes ?? new Uint8Array())
  const object = wireMessage(change(fields))
  return Buffer.concat([
    magic,
    wireMessage(unknown.map((field) => (field.number === fieldOf.raw ? wireField(fieldOf.raw, object) : field))),
  ])
}
