import { Refusal } from './refusals.ts'
import type { Json } from './object.ts'

/** What a field holds: text, bytes (base64 in JSON), a map of either, a list of text, or a message of its own. Others are passed over. */
type Field = {
  readonly name: string
  readonly type: 'text' | 'bytes' | 'texts' | 'map' | 'bytesMap' | 'flag' | Message
}
type Message = Readonly<Record<number, Field>>

const meta: Message = {
  1: { name: 'name', type: 'text' },
  2: { name: 'generateName', type: 'text' },
  3: { name: 'namespace', type: 'text' },
  5: { name: 'uid', type: 'text' },
  6: { name: 'resourceVersion', type: 'text' },
  11: { name: 'labels', type: 'map' },
  12: { name: 'annotations', type: 'map' },
  14: { name: 'finalizers', type: 'texts' },
}
const preconditions: Message = { 1: { name: 'uid', type: 'text' }, 2: { name: 'resourceVersion', type: 'text' } }

/** What real clients send as protobuf to this server: helm its releases, kubectl what it generates. */
const messages: Readonly<Record<string, Message>> = {
  Secret: {
    1: { name: 'metadata', type: meta },
    2: { name: 'data', type: 'bytesMap' },
    3: { name: 'type', type: 'text' },
    4: { name: 'stringData', type: 'map' },
    5: { name: 'immutable', type: 'flag' },
  },
  ConfigMap: {
    1: { name: 'metadata', type: meta },
    2: { name: 'data', type: 'map' },
    3: { name: 'binaryData', type: 'bytesMap' },
  },
  Namespace: { 1: { name: 'metadata', type: meta } },
  ServiceAccount: { 1: { name: 'metadata', type: meta } },
  DeleteOptions: { 2: { name: 'preconditions', type: preconditions }, 4: { name: 'propagationPolicy', type: 'text' } },
}

const envelope: Message = {
  1: { name: 'type', type: { 1: { name: 'apiVersion', type: 'text' }, 2: { name: 'kind', type: 'text' } } },
  2: { name: 'raw', type: 'bytes' },
}

/** A request body as Kubernetes writes protobuf (`k8s\0` and an envelope) as JSON text. Refuses kinds that it has not learnt. */
export const fromProtobuf = (body: Buffer): string => {
  const { type, raw } = read(body.subarray(4), envelope) as {
    type?: { apiVersion?: string; kind?: string }
    raw?: string
  }
  const message = messages[type?.kind ?? '']
  if (!message) throw new Refusal(415, 'UnsupportedMediaType', `the test server reads no protobuf of ${type?.kind}`)
  return JSON.stringify({ ...type, ...read(Buffer.from(raw ?? '', 'base64'), message) })
}

const read = (bytes: Buffer, message: Message): Json => {
  const result: Json = {}
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const field = message[tag >> 3]
    const wire = tag & 7
    if (wire === 0) {
      const value = varint()
      if (field?.type === 'flag') result[field.name] = value === 1
    } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4
    else {
      const length = varint()
      const part = bytes.subarray(at, at + length)
      at += length
      // Texts that are not set are sent empty.
      if (field && !(field.type === 'text' && length === 0))
        result[field.name] = valueOf(field, part, result[field.name])
    }
  }
  return result
}

const valueOf = ({ type }: Field, part: Buffer, before: unknown): unknown => {
  switch (type) {
    case 'text':
      return part.toString('utf8')
    case 'bytes':
      return part.toString('base64')
    case 'texts':
      return [...((before ?? []) as string[]), part.toString('utf8')]
    case 'map':
    case 'bytesMap': {
      const kind = type === 'map' ? 'text' : 'bytes'
      const { key = '', value = '' } = read(part, {
        1: { name: 'key', type: 'text' },
        2: { name: 'value', type: kind },
      }) as Record<string, string>
      return { ...(before as Json | undefined), [key]: value }
    }
    case 'flag':
      return undefined
    default:
      return read(part, type)
  }
}
