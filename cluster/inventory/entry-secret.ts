import { readId, type Identity } from '../../core/identity.ts'
import { gunzipSync, gzipSync } from 'node:zlib'
import { parseJson } from '../../core/whole-number.ts'
import { listAt, textAt, textListAt, textsAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { KubeObject, Ref } from '../kube/kube.ts'
import { ourLabels, inventoryNamespace } from './namespace.ts'
import type { InventoryEntry } from './inventory.ts'

export const entryType = 'kindup.dev/step'

/** Kubernetes refuses a Secret with more data than this; a little is left for what else stands in it. */
export const limitBytes = 1024 * 1024
/** Below this, text that `kubectl get secret` users can read is worth more than a few kilobytes. */
const plainBytes = 16 * 1024

/** Ids hold slashes and @, which names may not. */
export const secretNameOf = (id: string): string => `step-${hashOf(id)}`
/** Beside it: what the step was made of. */
export const renderNameOf = (id: string): string => `render-${hashOf(id)}`

export const inventorySecret = (name: string): Ref => ({
  apiVersion: 'v1',
  kind: 'Secret',
  namespace: inventoryNamespace,
  name,
})

/** The Secret of one entry. Throws `record-too-large` when even compressed it is over 1 MiB. */
export const toSecret = (entry: InventoryEntry): KubeObject => {
  const text = Buffer.from(JSON.stringify(entry))
  const packed = text.length > plainBytes ? gzipSync(text) : undefined
  const bytes = packed ?? text
  if (bytes.length > limitBytes)
    throw new EnvironmentError(
      'record-too-large',
      `What has to be remembered of ${entry.id} takes ${bytes.length} bytes, compressed; a Secret holds ${limitBytes}.`,
      { hints: ['Split it into several services or charts.'] },
    )
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: secretNameOf(entry.id), namespace: inventoryNamespace, labels: ourLabels },
    type: entryType,
    data: { [packed ? 'entry.gz' : 'entry']: bytes.toString('base64') },
  }
}

const isEntry = (value: unknown): value is Remembered =>
  ['id', 'title', 'kind'].every((key) => textAt(value, key) !== undefined) &&
  textListAt(value, 'needs').length === listAt(value, 'needs').length

/** Versions before this one remembered the id alone. */
type Remembered = Omit<InventoryEntry, 'of'> & { readonly of?: unknown }

const identityIn = ({ id, of }: Remembered): Identity => {
  const [kind, name, environment] = ['kind', 'name', 'environment'].map((key) => textAt(of, key))
  return kind === undefined
    ? readId(id)
    : { kind, ...(name !== undefined && { name }), ...(environment !== undefined && { environment }) }
}

/** The entry that a Secret of the record holds. Throws `record-unreadable`. */
export const fromSecret = (secret: KubeObject): InventoryEntry => {
  const data = textsAt(secret, 'data')
  try {
    const packed = data['entry.gz']
    const text =
      packed === undefined ? Buffer.from(data['entry'] ?? '', 'base64') : gunzipSync(Buffer.from(packed, 'base64'))
    const entry = parseJson(text.toString('utf8'))
    if (!isEntry(entry)) throw new Error('it is no entry of the record')
    if (secretNameOf(entry.id) !== secret.metadata.name) throw new Error(`it is about ${entry.id}`)
    return { ...entry, of: identityIn(entry) }
  } catch (error) {
    const { name } = secret.metadata
    throw new EnvironmentError(
      'record-unreadable',
      `Secret ${inventoryNamespace}/${name} should say what kindup made, and cannot be read.`,
      {
        cause: error,
        hints: [
          'A step without its record counts as not made, and is made again over what is there:',
          `kubectl delete secret --namespace ${inventoryNamespace} ${name}`,
        ],
      },
    )
  }
}
