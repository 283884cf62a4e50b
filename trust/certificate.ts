import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto'
import { AsnConvert, OctetString } from '@peculiar/asn1-schema'
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
} from '@peculiar/asn1-x509'

export type Wanted = {
  /** What it is issued to: an organisation and a common name. */
  readonly subject: { readonly organisation: string; readonly commonName: string }
  readonly publicKey: KeyObject
  readonly from: Date
  readonly until: Date
  /** DNS names, wildcards among them, and IP addresses; none makes it an authority. */
  readonly names: readonly string[]
  readonly addresses: readonly string[]
}

/** Who signs: its own key, and its certificate as DER; undefined where a certificate signs itself. */
export type Signer = { readonly key: KeyObject; readonly certificate?: Uint8Array }

/** An X.509 v3 certificate (RFC 5280) as PEM. With no names it is that of an authority, which signs only servers directly. */
export const issueCertificate = (wanted: Wanted, { key, certificate }: Signer): string => {
  const subject = nameOf(wanted.subject)
  const publicKey = wanted.publicKey.export({ type: 'spki', format: 'der' })
  const issuer = certificate && AsnConvert.parse(certificate, Certificate).tbsCertificate
  const signature = signatureOf(key)
  const tbs = new TBSCertificate({
    version: 2,
    serialNumber: serialNumber(),
    signature,
    issuer: issuer?.subject ?? subject,
    validity: new Validity({ notBefore: wanted.from, notAfter: wanted.until }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
    extensions: new Extensions([
      ...(wanted.names.length + wanted.addresses.length === 0 ? ofAuthority() : ofServer(wanted)),
      extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(publicKey))),
      extension(id_ce_authorityKeyIdentifier, authorityKey(issuer, publicKey)),
    ]),
  })
  const signed = sign('sha256', Buffer.from(AsnConvert.serialize(tbs)), key)
  const whole = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: signature,
    signatureValue: exactly(signed),
  })
  return pem(Buffer.from(AsnConvert.serialize(whole)))
}

const nameOf = ({ organisation, commonName }: Wanted['subject']): Name =>
  new Name(
    [
      ['2.5.4.10', organisation],
      ['2.5.4.3', commonName],
    ].map(
      ([type = '', utf8String = '']) =>
        new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) })]),
    ),
  )

const ofAuthority = (): readonly Extension[] => [
  extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
  extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
]

const ofServer = ({ names, addresses }: Wanted): readonly Extension[] => [
  extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
  extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
  extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
  extension(
    id_ce_subjectAltName,
    new SubjectAlternativeName([
      ...names.map((dNSName) => new GeneralName({ dNSName })),
      ...addresses.map((iPAddress) => new GeneralName({ iPAddress })),
    ]),
  ),
]

const extension = (extnID: string, value: object, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) })

/** As the issuer's own certificate names its key; clients look for that one. */
const authorityKey = (issuer: TBSCertificate | undefined, ownKey: Uint8Array): AuthorityKeyIdentifier => {
  const written = issuer?.extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier)
  const keyIdentifier = written
    ? AsnConvert.parse(written.extnValue, SubjectKeyIdentifier)
    : new KeyIdentifier(keyId(issuer ? new Uint8Array(AsnConvert.serialize(issuer.subjectPublicKeyInfo)) : ownKey))
  return new AuthorityKeyIdentifier({ keyIdentifier })
}

/** The first 160 bits of a hash of the key (RFC 7093). */
const keyId = (publicKey: Uint8Array): ArrayBuffer =>
  exactly(createHash('sha256').update(publicKey).digest().subarray(0, 20))

/** ecdsa-with-SHA256, or sha256WithRSAEncryption, which alone has a parameter: null. */
const signatureOf = ({ asymmetricKeyType }: KeyObject): AlgorithmIdentifier =>
  asymmetricKeyType === 'ec'
    ? new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' })
    : new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null })

/** Positive, and never the same again: browsers refuse two certificates of one issuer and number. */
const serialNumber = (): ArrayBuffer => {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return exactly(bytes)
}

const exactly = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
