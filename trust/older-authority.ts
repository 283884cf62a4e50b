import type { X509Certificate } from 'node:crypto'
import type { Store } from './stores/store.ts'
import type { Trusted } from './trusted.ts'

/**
 * Takes an authority that was trusted before out of its stores, by the copy that is kept of it: stores of macOS and Windows find a
 * certificate by its file alone, and once the record has another one, nobody can any more. `storesFor`: of a certificate's path.
 */
export const takeOutOlder = async (
  before: Trusted | undefined,
  { fingerprint256 }: X509Certificate,
  storesFor: (file: string) => Promise<readonly Store[]>,
): Promise<void> => {
  if (!before || before.fingerprint === fingerprint256) return
  for (const store of await storesFor(before.file))
    if (before.stores.includes(store.id)) await store.remove(before.fingerprint)
}
