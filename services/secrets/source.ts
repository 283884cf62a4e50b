import type { SecretConfig } from '../../config/config.ts'
import type { Place } from '../../core/problem.ts'
import type { Data } from './data.ts'
import type { SopsFile } from './sops.ts'

/** One secret of the file, with all of its data that lies on this disk. */
export type SecretSource = {
  readonly secret: SecretConfig
  readonly at: Place
  readonly envFile: Data
  readonly files: Data
  readonly literals: Data
  /** Encrypted: their keys are known, their values are not. */
  readonly sops: readonly SopsFile[]
}
