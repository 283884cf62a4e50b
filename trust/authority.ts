import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto'
import { chmod, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EnvironmentError, systemCode } from '../core/errors.ts'
import { stateFolder } from '../core/paths.ts'
import { quoted } from '../core/shown-command.ts'

type Env = Readonly<Record<string, string | undefined>>

/** A certificate authority of this user, with the key that signs. */
export type Authority = {
  readonly certificate: X509Certificate
  readonly key: KeyObject
  /** Absolute path of the certificate, PEM. */
  readonly file: string
  readonly owner: 'kindup' | 'mkcert'
}

/** As mkcert names them, so that `CAROOT=<folder> mkcert` takes kindup's too. */
export const authorityFiles = (folder: string) => ({
  certificate: join(folder, 'rootCA.pem'),
  key: join(folder, 'rootCA-key.pem'),
})

/** Where kindup keeps its own. */
export const authorityFolder = (env: Env): string => join(stateFolder(env), 'ca')

/** The authority in a folder; undefined where none is there. Throws `ca` where it cannot be used. */
export const readAuthority = async (
  folder: string,
  owner: Authority['owner'],
  now = Date.now(),
): Promise<Authority | undefined> => {
  const { certificate: file, key: keyFile } = authorityFiles(folder)
  const text = await read(file, owner)
  if (text === undefined) return undefined
  const keyText = await read(keyFile, owner)
  if (keyText === undefined)
    throw unusable(`The ${named(owner)} in ${folder} has no key: ${keyFile} is not there.`, owner)
  const certificate = parsed(() => new X509Certificate(text), `${file} is no certificate.`, owner)
  const key = parsed(() => createPrivateKey(keyText), `${keyFile} is no private key.`, owner)
  if (!certificate.ca) throw unusable(`${file} is no certificate of an authority.`, owner)
  if (!certificate.checkPrivateKey(key)) throw unusable(`${keyFile} is not the key of ${file}.`, owner)
  if (now < certificate.validFromDate.getTime())
    throw new EnvironmentError(
      'ca',
      `The ${named(owner)} is valid from ${day(certificate.validFromDate)} on, and the clock of this machine says ${day(new Date(now))}.`,
      { hints: ['Set the clock right.'] },
    )
  if (now >= certificate.validToDate.getTime())
    throw unusable(`The ${named(owner)} (${file}) ended on ${day(certificate.validToDate)}.`, owner)
  if (owner === 'kindup') await keepToOwner(keyFile)
  return { certificate, key, file, owner }
}

const named = (owner: Authority['owner']): string =>
  owner === 'kindup' ? 'certificate authority of kindup' : 'CA of mkcert'

const read = async (file: string, owner: Authority['owner']): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code !== 'EACCES' && code !== 'EPERM') throw unusable(`${file} cannot be read (${code}).`, owner)
    throw new EnvironmentError('ca', `No read permission for ${file}.`, {
      hints: [`sudo chown "$USER" ${quoted(file)}`],
    })
  }
}

const parsed = <T>(parse: () => T, otherwise: string, owner: Authority['owner']): T => {
  try {
    return parse()
  } catch {
    throw unusable(otherwise, owner)
  }
}

const unusable = (message: string, owner: Authority['owner']): EnvironmentError =>
  new EnvironmentError('ca', message, {
    hints: [
      owner === 'kindup'
        ? '`kindup untrust` removes it; the next `kindup up` makes another.'
        : 'Have mkcert make another (`mkcert -install`), or name another folder: CAROOT=FOLDER.',
    ],
  })

/** Whoever has the key can pretend to be any site to this user's browsers. */
const keepToOwner = async (file: string): Promise<void> => {
  if (process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0) await chmod(file, 0o600)
}

/** `2027-01-31` */
export const day = (date: Date): string => date.toISOString().slice(0, 10)
