import type { X509Certificate } from 'node:crypto'
import type { Run } from '../../core/run.ts'

/** Where programs look up whom to trust. */
export type Store = {
  /** `system`, `chromium`, `firefox:NAME`, `windows`. */
  readonly id: string
  /** What it is of, in words. */
  readonly title: string
  /** sudo is wanted for it. */
  readonly elevated: boolean
  /** Whether it trusts the certificate as kindup would have it. Throws EnvironmentError where nobody can tell. */
  has(certificate: X509Certificate): Promise<boolean>
  /** Throws EnvironmentError. */
  add(certificate: X509Certificate): Promise<void>
  /**
   * SHA-256 fingerprints of all authorities of kindup in it that are this user's, whatever was noted of them. Left out where
   * nothing lists them. Throws EnvironmentError.
   */
  own?(): Promise<readonly string[]>
  /** Nothing there is no error. Of a certificate that is no longer here, its fingerprint is enough. */
  remove(fingerprint: string): Promise<void>
}

export type StoreDeps = {
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
  /** Absolute path of the authority's certificate. */
  readonly file: string
  /** Where kindup keeps what it changes, to put it back. */
  readonly folder: string
}

/** How it is called in stores that call things: one name, whoever adds it. */
export const nickname = (fingerprint: string): string =>
  `kindup ${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}`
