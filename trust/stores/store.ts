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
  /** Whether it trusts the certificate as kindup would have it. */
  has(certificate: X509Certificate): Promise<boolean>
  /** Throws EnvironmentError. */
  add(certificate: X509Certificate): Promise<void>
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
