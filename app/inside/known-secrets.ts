import { secretTexts } from '../../cluster/diagnose/secret-texts.ts'
import { secretValues } from '../../core/mask/secret-values.ts'
import type { App } from '../app.ts'
import type { Running } from './open-running.ts'

/** Values that nothing may show: of all Secrets of the cluster, and of this shell's variables. */
export type KnownSecrets = { readonly texts: () => readonly string[]; readonly again: () => Promise<void> }

/** Reads them; `again` once something new may know of more. */
export const knownSecrets = async ({ env }: App, { kube }: Running): Promise<KnownSecrets> => {
  const ofShell = secretValues(env)
  let texts: readonly string[] = []
  const read = async (): Promise<void> => {
    const [pods, namespaces] = await Promise.all([
      kube.listMetadata({ apiVersion: 'v1', kind: 'Pod' }),
      kube.listMetadata({ apiVersion: 'v1', kind: 'Namespace' }),
    ])
    const names = new Set([...pods, ...namespaces].map(({ metadata }) => metadata.name))
    texts = [...ofShell, ...(await secretTexts(kube, names))]
  }
  await read()
  return { texts: () => texts, again: read }
}
