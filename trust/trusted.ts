import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { writeFileAtomic } from '../core/atomic-write.ts'
import { textListAt } from '../core/fields.ts'
import { parseJson } from '../core/whole-number.ts'

/** What `trust` has done on this machine, so that `untrust` undoes that and no more. */
export type Trusted = {
  readonly fingerprint: string
  /** Absolute path of a copy of the certificate: the authority may be another one by now. */
  readonly file: string
  /** Ids of stores. */
  readonly stores: readonly string[]
}

const paths = (folder: string) => ({ list: join(folder, 'trusted.json'), certificate: join(folder, 'trusted.pem') })

/** Undefined where nothing was trusted. */
export const readTrusted = async (folder: string): Promise<Trusted | undefined> => {
  const { list, certificate: file } = paths(folder)
  try {
    const [written, pem] = await Promise.all([readFile(list, 'utf8'), readFile(file, 'utf8')])
    return {
      fingerprint: new X509Certificate(pem).fingerprint256,
      file,
      stores: textListAt(parseJson(written), 'stores'),
    }
  } catch {
    return undefined
  }
}

/** Written before the stores are: what was begun and broken off is undone too. */
export const writeTrusted = async (folder: string, pem: string, stores: readonly string[]): Promise<void> => {
  const { list, certificate } = paths(folder)
  await writeFileAtomic(certificate, pem)
  await writeFileAtomic(list, JSON.stringify({ stores }))
}

export const forgetTrusted = async (folder: string): Promise<void> => {
  const { list, certificate } = paths(folder)
  await rm(list, { force: true })
  await rm(certificate, { force: true })
}
