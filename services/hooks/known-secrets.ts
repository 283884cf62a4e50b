import type { Config } from '../../config/config.ts'
import { secretValues } from '../../core/mask/secret-values.ts'

/** What a program must not print in the clear, as far as the file and the environment tell. */
export const knownSecrets = (
  config: Config,
  variables: readonly Readonly<Record<string, string | undefined>>[],
): readonly string[] => [
  ...new Set([
    ...variables.flatMap(secretValues),
    ...config.secrets.flatMap(({ from }) => Object.values(from.literals)),
    ...config.services.flatMap(({ credentials }) => credentials.flatMap(({ password }) => password ?? [])),
    ...config.cluster.mirrors.flatMap(({ credentials }) => credentials?.password ?? []),
  ]),
]
