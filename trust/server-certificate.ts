import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { day, type Authority } from './authority.ts'
import type { ServerNames } from './server-names.ts'

const dayMs = 24 * 3600_000
/** Browsers take none that is valid for longer than 397 days. */
const validDays = 365
const renewDays = 30

/** PEM: the certificate, and its key. */
export type ServerCertificate = { readonly certificate: string; readonly key: string }

/** A key and a certificate for a server of these names, for a year, or until the authority ends. */
export const issueServerCertificate = async (
  { names, addresses }: ServerNames,
  commonName: string,
  { certificate, key }: Pick<Authority, 'certificate' | 'key'>,
  now = Date.now(),
): Promise<ServerCertificate> => {
  const { issueCertificate } = await import('./certificate.ts')
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const text = issueCertificate(
    {
      subject: { organisation: 'kindup', commonName: commonName.slice(0, 64) },
      publicKey: pair.publicKey,
      // Clocks of containers and virtual machines may be behind.
      from: new Date(Math.max(now - dayMs, certificate.validFromDate.getTime())),
      until: new Date(Math.min(now + validDays * dayMs, certificate.validToDate.getTime())),
      names,
      addresses,
    },
    { key, certificate: certificate.raw },
  )
  return { certificate: text, key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) }
}

/** Why a certificate has to be made again, in words; undefined while it will do. */
export const outdated = (
  text: string,
  { names, addresses }: ServerNames,
  authority: X509Certificate,
  now = Date.now(),
): string | undefined => {
  const certificate = parsed(text)
  if (!certificate) return 'it is no certificate'
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey))
    return 'another certificate authority signed it'
  const until = certificate.validToDate
  if (now >= until.getTime()) return `it ended on ${day(until)}`
  // One that ends with its authority gets no longer by being made again.
  if (until.getTime() - now < renewDays * dayMs && until < authority.validToDate) return `it ends on ${day(until)}`
  const has = new Set(certificate.subjectAltName?.split(', ') ?? [])
  const lacking = [
    ...names.filter((name) => !has.has(`DNS:${name}`)),
    ...addresses.filter((address) => !certificate.checkIP(address)),
  ]
  return lacking.length === 0 ? undefined : `it lacks ${new Intl.ListFormat('en').format(lacking)}`
}

const parsed = (text: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(text)
  } catch {
    return undefined
  }
}
