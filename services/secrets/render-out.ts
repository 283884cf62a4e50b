import { writeObjects } from '../../manifests/yaml/write.ts'
import type { KnownSecret } from '../../manifests/problems/secret-uses.ts'
import type { Secrets } from './read-secrets.ts'
import { copyOf } from './write-copy.ts'
import { secretId } from './id.ts'

/**
 * What `render` writes for each secret whose step is taken: its Secrets with `***` where values would be, which no API takes for data, so that
 * nobody applies them by mistake. What it copies is in the cluster alone, and named in place of its keys.
 */
export const secretsOut = (
  { known, sources }: Secrets,
  cluster: string,
  { isTaken, leaves }: { readonly isTaken: (id: string) => boolean; readonly leaves: ReadonlySet<string> },
): readonly { readonly path: string; readonly text: string }[] =>
  sources.flatMap(({ secret: { key, namespaces, type = 'Opaque', from } }) => {
    if (!isTaken(secretId(key))) return []
    const keys = keysOf(known.find((one) => one.key === key))
    const there = namespaces.filter((namespace) => !leaves.has(namespace))
    const objects = there.map((namespace) => ({
      ...copyOf(key, namespace, cluster, { data: new Map(), type, random: from.random }),
      data: Object.fromEntries(keys.map((name) => [name, '***'])),
    }))
    const says =
      from.secret === undefined ? 'The values' : `The values, and what is copied of the Secret ${from.secret},`
    return [{ path: `${secretId(key)}/manifests.yaml`, text: `# ${says} are left out.\n${writeObjects(objects)}` }]
  })

const keysOf = (known: KnownSecret | undefined): readonly string[] => [...(known?.keys ?? [])].toSorted()
