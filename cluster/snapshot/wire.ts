/** One field of a protobuf message: `bytes` is what stands behind the tag, without the length; `raw` is all of it as it stands. */
export type WireField = { readonly number: number; readonly bytes: Uint8Array; readonly raw: Uint8Array }

const lengthDelimited = 2
const fixedSizes: Readonly<Record<number, number>> = { 1: 8, 5: 4 }

/**
 * The fields of one message, in their order. That is all that is read of the objects in etcd: their own encoding stays, so
 * that no field that a newer Kubernetes added is lost. Throws RangeError on what is no message.
 * https://protobuf.dev/programming-guides/encoding
 */
export const wireFields = (message: Uint8Array): readonly WireField[] => {
  const fields: WireField[] = []
  let at = 0
  const varint = (): number => {
    let value = 0
    let factor = 1
    for (;;) {
      const byte = message[at++]
      if (byte === undefined || factor > 2 ** 63) throw new RangeError('A number of the message is cut.')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
  }
  while (at < message.length) {
    const from = at
    const tag = varint()
    const kind = tag % 8
    const start = kind === lengthDelimited ? ((length: number) => ((at += length), at - length))(varint()) : at
    if (kind === 0) varint()
    else if (kind !== lengthDelimited) at += fixedSizes[kind] ?? Number.NaN
    if (!(at <= message.length)) throw new RangeError('A field of the message is cut.')
    fields.push({ number: Math.floor(tag / 8), bytes: message.subarray(start, at), raw: message.subarray(from, at) })
  }
  return fields
}

/** One field that holds bytes, a text or a message. */
export const wireField = (number: number, bytes: Uint8Array): WireField => ({
  number,
  bytes,
  raw: Buffer.concat([varintBytes(number * 8 + lengthDelimited), varintBytes(bytes.length), bytes]),
})

export const wireMessage = (fields: readonly WireField[]): Uint8Array => Buffer.concat(fields.map(({ raw }) => raw))

/** The first field of that number. */
export const wireBytes = (message: Uint8Array | undefined, number: number): Uint8Array | undefined =>
  message && wireFields(message).find((field) => field.number === number)?.bytes

export const wireText = (message: Uint8Array | undefined, number: number): string | undefined => {
  const bytes = wireBytes(message, number)
  return bytes && Buffer.from(bytes).toString('utf8')
}

const varintBytes = (value: number): Uint8Array => {
  const bytes: number[] = []
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Uint8Array.from([...bytes, left])
    bytes.push((left % 128) + 128)
  }
}
