import type { RemoteAddress } from '../remote-address.ts'

/** A file of a git repository elsewhere, as it is at one commit. */
export type Fetched = {
  readonly address: RemoteAddress
  /** 40 hexadecimal digits. */
  readonly commit: string
  /** Absolute path of the checkout: another commit has another one. */
  readonly folder: string
  /** Absolute path of the file in it. */
  readonly file: string
  /** The remote did not answer: this is what was fetched last. */
  readonly isKept: boolean
}

/** Why there is none, and what to do. */
export type Refusal = { readonly message: string; readonly hint?: string | undefined }

/** The same for the same address. */
export const addressKey = ({ url, path, ref = '' }: RemoteAddress): string => [url, path, ref].join('\0')
