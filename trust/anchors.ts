import { X509Certificate } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, join } from 'node:path'
import { replaceFile } from '../core/replace-file.ts'

/** A folder whose certificates the system trusts, and the command that has it look there again. */
export type Anchors = {
  readonly folder: string
  readonly ending: string
  readonly add: Command
  readonly remove: Command
  /** Programs that keep stores of their own, such as Java's: `--fresh` tells them what there is, and of nothing that went. */
  readonly hooks?: { readonly folder: string; readonly links: string }
}
type Command = readonly [string, ...string[]]

/** By distribution: Fedora and its kin, Debian and Ubuntu, Arch, SUSE. What a certificate left behind goes with `--fresh` alone. */
const known: readonly Anchors[] = [
  {
    folder: '/etc/pki/ca-trust/source/anchors',
    ending: '.pem',
    add: ['update-ca-trust', 'extract'],
    remove: ['update-ca-trust', 'extract'],
  },
  {
    folder: '/usr/local/share/ca-certificates',
    ending: '.crt',
    add: ['update-ca-certificates'],
    remove: ['update-ca-certificates', '--fresh'],
    hooks: { folder: '/etc/ca-certificates/update.d', links: '/etc/ssl/certs' },
  },
  {
    folder: '/etc/ca-certificates/trust-source/anchors',
    ending: '.crt',
    add: ['trust', 'extract-compat'],
    remove: ['trust', 'extract-compat'],
  },
  {
    folder: '/usr/share/pki/trust/anchors',
    ending: '.pem',
    add: ['update-ca-certificates'],
    remove: ['update-ca-certificates', '--fresh'],
  },
]

/** Those of this system; undefined where it has none (macOS, Windows, an image without certificates). `root` is for tests. */
export const systemAnchors = (root = '/'): Anchors | undefined => {
  const found = known.find(({ folder }) => existsSync(join(root, folder)))
  if (!found) return undefined
  const { hooks } = found
  return {
    ...found,
    folder: join(root, found.folder),
    ...(hooks && { hooks: { ...hooks, folder: join(root, hooks.folder) } }),
  }
}

/** What is to be told that a certificate went, and the line that tells it. */
export const removalHooks = (
  anchors: Anchors,
  fingerprint: string,
): { readonly programs: readonly string[]; readonly line: string } => {
  const { hooks, ending } = anchors
  if (!hooks || !existsSync(hooks.folder)) return { programs: [], line: '' }
  const name = basename(anchorFile(anchors, fingerprint), ending)
  return {
    programs: readdirSync(hooks.folder)
      // As run-parts takes them.
      .filter((file) => /^[\w-]+$/.test(file))
      .toSorted()
      .map((file) => join(hooks.folder, file)),
    line: `-${hooks.links}/${name}.pem\n`,
  }
}

/** Named after the certificate, so that authorities of several users stand side by side. */
const anchorFile = ({ folder, ending }: Anchors, fingerprint: string): string =>
  join(folder, `kindup-${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}${ending}`)

/** The certificate of one local authority, and nothing beside it; throws on anything else. */
export const readAnchor = (text: string): X509Certificate => {
  if ((text.match(/-----BEGIN /g) ?? []).length !== 1) throw new Error('one certificate is expected')
  const certificate = new X509Certificate(text)
  if (!certificate.ca || !certificate.checkIssued(certificate) || !certificate.verify(certificate.publicKey))
    throw new Error('it is no certificate of an authority that signs itself')
  if (!/^O=(kindup|mkcert development CA)$/m.test(certificate.subject))
    throw new Error('it is neither an authority of kindup nor of mkcert')
  if (Date.now() >= certificate.validToDate.getTime()) throw new Error('its time is over')
  return certificate
}

/** Writes the one file of a certificate. */
export const writeAnchor = async (anchors: Anchors, certificate: X509Certificate): Promise<void> =>
  replaceFile(anchorFile(anchors, certificate.fingerprint256), Buffer.from(String(certificate)), { mode: 0o644 })

/** Removes it, where it holds that certificate. Nothing there is no error. */
export const removeAnchor = (anchors: Anchors, fingerprint: string): void => {
  const file = anchorFile(anchors, fingerprint)
  if (holdsAnchor(anchors, fingerprint)) rmSync(file)
}

/** Whether the file of that certificate is there, and is it. */
export const holdsAnchor = (anchors: Anchors, fingerprint: string): boolean =>
  isOf(anchorFile(anchors, fingerprint), fingerprint)

/** Whether that certificate is there under any name: mkcert has names of its own. */
export const holdsAnywhere = ({ folder, ending }: Anchors, fingerprint: string): boolean =>
  readdirSync(folder).some((name) => name.endsWith(ending) && isOf(join(folder, name), fingerprint))

/** Fingerprints of the authorities of kindup there that this user made: others on this machine have theirs beside them. */
export const ownAnchors = ({ folder, ending }: Anchors, user = userInfo().username): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('kindup-') && name.endsWith(ending))
    .flatMap((name) => {
      const certificate = certificateIn(join(folder, name))
      return certificate?.subject.split('\n').some((line) => line.startsWith(`CN=kindup CA ${user}@`)) === true
        ? [certificate.fingerprint256]
        : []
    })

const certificateIn = (file: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(readFileSync(file))
  } catch {
    return undefined
  }
}

const isOf = (file: string, fingerprint: string): boolean => certificateIn(file)?.fingerprint256 === fingerprint
