import { gunzipSync, gzipSync } from 'node:zlib'
import { textsAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { parseJson } from '../../core/whole-number.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { inventorySecret, limitBytes, renderNameOf } from './entry-secret.ts'
import { ourLabels, inventoryNamespace } from './namespace.ts'

/** What one step was made of when it was last ready, and before that. Plain JSON, in a Secret of its own: the record is read whole, this is not. */
export type Renders<T> = {
  readonly current?: T
  readonly previous?: T
  /** Compressed bytes of what did not fit into a Secret, and is therefore not there. */
  readonly tooLarge?: number
}

const type = 'kindup.dev/render'

/** What is kept of a step; nothing at all where nothing was. Throws `record-unreadable`. */
export const readRenders = async <T>(
  kube: Kube,
  id: string,
  isOurs: (value: unknown) => value is T,
): Promise<Renders<T>> => {
  const secret = await kube.get(inventorySecret(renderNameOf(id)))
  const data = textsAt(secret, 'data')
  const read = (key: string): T | undefined => {
    const packed = data[key]
    if (packed === undefined) return undefined
    const value = parseJson(gunzipSync(Buffer.from(packed, 'base64')).toString())
    if (!isOurs(value)) throw new Error(`${key} holds something else`)
    return value
  }
  try {
    const [current, previous] = [read('current.gz'), read('previous.gz')]
    const tooLarge = data['too-large']
    return {
      ...(current === undefined ? {} : { current }),
      ...(previous === undefined ? {} : { previous }),
      ...(tooLarge === undefined ? {} : { tooLarge: Number(Buffer.from(tooLarge, 'base64').toString()) }),
    }
  } catch (cause) {
    throw new EnvironmentError(
      'record-unreadable',
      `Secret ${inventoryNamespace}/${renderNameOf(id)} should hold what ${id} was made of, and cannot be read.`,
      { cause, hints: [`kubectl delete secret --namespace ${inventoryNamespace} ${renderNameOf(id)}`] },
    )
  }
}

/** Keeps both, as far as they fit: the previous one gives way to the current one. */
export const writeRenders = async <T>(
  kube: Kube,
  id: string,
  renders: Pick<Renders<T>, 'current' | 'previous'>,
): Promise<void> => {
  await kube.apply(toSecret(id, renders))
}

const toSecret = (id: string, { current, previous }: Renders<unknown>): KubeObject => {
  const packed = [
    { key: 'current.gz', bytes: pack(current) },
    { key: 'previous.gz', bytes: pack(previous) },
  ]
  const data: Record<string, string> = {}
  let [room, left] = [limitBytes, 0]
  for (const { key, bytes } of packed) {
    if (bytes === undefined) continue
    if (bytes.length > room) left = Math.max(left, bytes.length)
    else {
      room -= bytes.length
      data[key] = bytes.toString('base64')
    }
  }
  if (left > 0) data['too-large'] = Buffer.from(String(left)).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: renderNameOf(id), namespace: inventoryNamespace, labels: ourLabels },
    type,
    data,
  }
}

const pack = (value: unknown): Buffer | undefined =>
  value === undefined ? undefined : gzipSync(Buffer.from(JSON.stringify(value)))
