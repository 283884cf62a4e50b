import { hashOf } from '../../core/fingerprint.ts'
import { encoded } from './data.ts'
import type { SecretSource } from './source.ts'

/** Of this process alone: it is compared and written nowhere. */
export const inputsHash = ({ secret, envFile, files, literals, sops }: SecretSource): string =>
  hashOf([secret, [envFile, files, literals].map(encoded), sops.map(({ hash }) => hash)])

/** The files that a secret is made from. */
export const filesOf = ({ secret: { from } }: SecretSource): readonly string[] => [
  ...(from.envFile === undefined ? [] : [from.envFile]),
  ...(from.template === undefined ? [] : [from.template]),
  ...from.sops,
  ...Object.values(from.files),
]
