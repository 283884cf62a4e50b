import { authorityFolder } from '../trust/authority.ts'
import { findAuthority } from '../trust/find-authority.ts'
import { readTrusted } from '../trust/trusted.ts'

/** What to say of certificates that no browser of this machine knows yet. Of mkcert's, mkcert has told the browsers. */
export const untrusted = async (env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> => {
  const authority = await findAuthority(env, () => undefined).catch(() => undefined)
  if (authority?.owner !== 'kindup') return []
  const trusted = await readTrusted(authorityFolder(env))
  return trusted?.fingerprint === authority.certificate.fingerprint256
    ? []
    : ['Browsers and curl do not know the certificates of this machine yet: `kindup trust` tells them.']
}
