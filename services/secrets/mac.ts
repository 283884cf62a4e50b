import { createHmac, randomBytes } from 'node:crypto'
import { textAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { ensureInventoryNamespace, ourLabels, inventoryNamespace } from '../../cluster/inventory/namespace.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { encoded, type Data } from './data.ts'

/**
 * Tells whether data changed, and nothing else of it. Marks stand where more people read than may read Secrets (the
 * annotations of pods), and a bare hash of a short password can be guessed: these take a key that only the cluster's own
 * record holds. Undefined where there is no key yet.
 */
export type Mac = (what: Data | string) => string | undefined

const ref = { apiVersion: 'v1', kind: 'Secret', namespace: inventoryNamespace, name: 'marks' } as const

/** The marks of a cluster. `make`: with a key made for it where there is none; otherwise nothing is changed. */
export const macOf = async (kube: Kube, make: boolean): Promise<Mac> => {
  const key = await keyOf(kube, make)
  return (what) =>
    key &&
    createHmac('sha256', key)
      .update(typeof what === 'string' ? `text ${what}` : `data ${JSON.stringify(encoded(what))}`)
      .digest('hex')
      .slice(0, 24)
}

const keyOf = async (kube: Kube, make: boolean): Promise<Buffer | undefined> => {
  const found = read(await kube.get(ref))
  if (found || !make) return found
  await ensureInventoryNamespace(kube)
  try {
    await kube.create({
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { namespace: ref.namespace, name: ref.name, labels: ourLabels },
      type: 'kindup.dev/key',
      data: { key: randomBytes(32).toString('base64') },
    })
  } catch (error) {
    // Another step was faster: its key counts.
    if (!(error instanceof EnvironmentError) || error.code !== 'api-conflict') throw error
  }
  return read(await kube.get(ref))
}

const read = (secret: KubeObject | undefined): Buffer | undefined => {
  const key = textAt(secret, 'data', 'key')
  return key === undefined ? undefined : Buffer.from(key, 'base64')
}
