import { generateKeyPairSync } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { writeFileAtomic } from '../core/atomic-write.ts'
import { EnvironmentError, KindupError, systemCode } from '../core/errors.ts'
import { withFileLock } from '../core/file-lock.ts'
import { whyUnwritten } from '../core/full-disk.ts'
import { authorityFiles, authorityFolder, readAuthority, type Authority } from './authority.ts'

const dayMs = 24 * 3600_000

/** kindup's own authority, made where there is none yet: for ten years, its key readable by its user alone. Throws `ca`. */
export const ownAuthority = async (
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<Authority> => {
  const folder = authorityFolder(env)
  const there = await readAuthority(folder, 'kindup')
  if (there) return there
  const files = authorityFiles(folder)
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return await withFileLock(files.certificate, { signal }, async () => {
      // Another run may have been first.
      const now = await readAuthority(folder, 'kindup')
      if (now) return now
      await make(files)
      const made = await readAuthority(folder, 'kindup')
      if (!made) throw new Error(`${files.certificate} was written and is not there`)
      return made
    })
  } catch (error) {
    if (error instanceof KindupError || systemCode(error) === '') throw error
    throw new EnvironmentError(
      'ca',
      `The certificate authority cannot be kept in ${folder}: ${whyUnwritten(folder, error, true)}.`,
      { hints: ['Name another folder for what kindup keeps: KINDUP_STATE=FOLDER'], cause: error },
    )
  }
}

/** The certificate is written last: a key without one is of a run that was broken off. */
const make = async ({ certificate, key }: ReturnType<typeof authorityFiles>): Promise<void> => {
  const { issueCertificate } = await import('./certificate.ts')
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const text = issueCertificate(
    {
      subject: { organisation: 'kindup', commonName: `kindup CA ${owner()}`.slice(0, 64) },
      publicKey: pair.publicKey,
      // Clocks of nodes and containers may be behind.
      from: new Date(Date.now() - dayMs),
      until: new Date(Date.now() + 3650 * dayMs),
      names: [],
      addresses: [],
    },
    { key: pair.privateKey },
  )
  await rm(key, { force: true })
  await writeFileAtomic(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  await writeFileAtomic(certificate, text)
}

/** `ann@laptop`, so that who finds it in a store knows whose it is. */
const owner = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`
  } catch {
    return hostname()
  }
}
