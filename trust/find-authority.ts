import { resolve } from 'node:path'
import { EnvironmentError } from '../core/errors.ts'
import { authorityFiles, authorityFolder, readAuthority, type Authority } from './authority.ts'
import { ownAuthority } from './make-authority.ts'
import { mkcertFolder } from './mkcert.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * The authority that is there: mkcert's, which browsers of this machine may know already, else kindup's own. Undefined
 * where there is none. Throws `ca` where it cannot be used; one in mkcert's usual folder is passed over then, and `warn` told.
 */
export const findAuthority = async (env: Env, warn: (text: string) => void): Promise<Authority | undefined> =>
  (await ofMkcert(env, warn)) ?? readAuthority(authorityFolder(env), 'kindup')

/** The same, and kindup's own is made where there is none. */
export const takeAuthority = async (env: Env, warn: (text: string) => void, signal?: AbortSignal): Promise<Authority> =>
  (await ofMkcert(env, warn)) ?? ownAuthority(env, signal)

const ofMkcert = async (env: Env, warn: (text: string) => void): Promise<Authority | undefined> => {
  const { folder, named } = mkcertFolder(env)
  try {
    const found = await readAuthority(resolve(folder), 'mkcert')
    if (found || !named) return found
    throw new EnvironmentError('ca', `CAROOT is ${folder}, and there is no ${authorityFiles(folder).certificate}.`, {
      hints: ['Have mkcert make one there (`mkcert -install`), or unset CAROOT.'],
    })
  } catch (error) {
    if (named || !(error instanceof EnvironmentError)) throw error
    warn(`${error.message} kindup's own certificate authority is used.`)
    return undefined
  }
}
