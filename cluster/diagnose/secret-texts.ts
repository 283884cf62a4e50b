import { KindupError } from '../../core/errors.ts'
import { textsAt } from '../../core/fields.ts'
import type { Kube } from '../kube/kube.ts'
import { inventoryNamespace } from '../inventory/namespace.ts'

/** Shorter ones stand in half of all sentences by chance. */
const shortest = 6
const common =
  /^(?:\d{1,8}|true|false|default|localhost|127\.0\.0\.1|0\.0\.0\.0|cluster\.local|postgres|password|secret|service|Opaque)$/i

/**
 * The values of all Secrets of the cluster, so that no file shows one. What things are called is none worth hiding: `names`.
 * Nothing where the API does not tell.
 */
export const secretTexts = async (kube: Kube, names: ReadonlySet<string>): Promise<readonly string[]> => {
  const secrets = await kube.list({ apiVersion: 'v1', kind: 'Secret' }).catch((error: unknown) => {
    if (error instanceof KindupError) return []
    throw error
  })
  const texts = new Set<string>()
  for (const secret of secrets) {
    // Helm and kindup keep what they made there, which is everything: the Secrets among it are listed themselves.
    if (secret.metadata.namespace === inventoryNamespace || secret['type'] === 'helm.sh/release.v1') continue
    for (const encoded of Object.values(textsAt(secret, 'data'))) {
      const text = Buffer.from(encoded, 'base64').toString('utf8').trim()
      const lines = text.split('\n').map((line) => line.trim())
      for (const line of [text, ...(lines.length > 1 ? lines : [])])
        if (line.length >= shortest && !common.test(line) && !names.has(line) && !/^-----|^[\w.-]+:$/.test(line))
          texts.add(line)
      if (text.length >= shortest && texts.has(text)) texts.add(encoded)
    }
  }
  return [...texts]
}
