import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** One value in DER, the encoding of certificates: tag, length, content. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts)
const identifier = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const text = (value: string): Buffer => der(0x0c, Buffer.from(value))
const time = (at: Date): Buffer =>
  der(
    0x17,
    Buffer.from(
      at
        .toISOString()
        .replaceAll(/[-:T]|\.\d+/g, '')
        .slice(2),
    ),
  )

const commonName = identifier('550403')
const organization = identifier('55040a')
const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'))
const subjectAltName = identifier('551d11')
const basicConstraints = identifier('551d13')

type Subject = { readonly name: string; readonly group?: string }

const subjectOf = ({ name, group }: Subject): Buffer =>
  sequence(
    ...(group === undefined ? [] : [set(sequence(organization, text(group)))]),
    set(sequence(commonName, text(name))),
  )

type Wanted = {
  readonly subject: Subject
  readonly issuer: Subject
  readonly key: KeyObject
  readonly by: KeyObject
  readonly extensions?: Buffer
}

const dayMs = 86_400_000

const certificate = ({ subject, issuer, key, by, extensions }: Wanted): string => {
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    subjectOf(issuer),
    sequence(time(new Date(Date.now() - dayMs)), time(new Date(Date.now() + 30 * dayMs))),
    subjectOf(subject),
    key.export({ type: 'spki', format: 'der' }),
    ...(extensions ? [der(0xa3, sequence(extensions))] : []),
  )
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, by))
  const body = sequence(content, ecdsaWithSha256, signature).toString('base64')
  return `-----BEGIN CERTIFICATE-----\n${body.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`
}

const pair = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' })

export type Certificates = {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
}

/** A certificate authority of a minute's worth, a server certificate for 127.0.0.1, localhost and more names, and one for an administrator. */
export const selfSigned = (hosts: readonly string[] = []): Certificates => {
  const [authority, server, client] = [pair(), pair(), pair()]
  const issuer = { name: 'kubernetes' }
  const admin = { name: 'kubernetes-admin', group: 'system:masters' }
  const isAuthority = sequence(
    basicConstraints,
    der(0x01, Buffer.from([255])),
    der(0x04, sequence(der(0x01, Buffer.from([255])))),
  )
  const names = sequence(
    ...['localhost', ...hosts].map((host) => der(0x82, Buffer.from(host))),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  )
  const by = authority.privateKey
  return {
    ca: certificate({ subject: issuer, issuer, key: authority.publicKey, by, extensions: isAuthority }),
    server: {
      cert: certificate({
        subject: { name: 'kube-apiserver' },
        issuer,
        key: server.publicKey,
        by,
        extensions: sequence(subjectAltName, der(0x04, names)),
      }),
      key: pem(server.privateKey),
    },
    client: { cert: certificate({ subject: admin, issuer, key: client.publicKey, by }), key: pem(client.privateKey) },
  }
}
