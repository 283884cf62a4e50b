import { textsAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/**
 * A Secret with its `stringData` as `data`, as the API would merge them. The API only ever adds `stringData`: a key that is
 * taken out of it would stay (kubernetes#108008). What is no text is left for the API to refuse.
 */
export const withData = (object: KubeObject): KubeObject => {
  const { stringData, ...rest } = object
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !isRecord(stringData)) return object
  const texts = Object.entries(textsAt(stringData))
  const data = object['data'] ?? {}
  if (!isRecord(data) || texts.length < Object.keys(stringData).length) return object
  const encoded = texts.map(([key, value]) => [key, Buffer.from(value).toString('base64')])
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } }
}
