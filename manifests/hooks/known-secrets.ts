import type { Config } from '../../core/config/config.ts'

type Variables = Readonly<Record<string, string | undefined>>

const telling = /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_KEY|PRIVATE_KEY)$/i

/** Values of variables whose names tell that nobody should read them. Short ones are words that are met anywhere; paths lead to secrets and are none. */
const ofVariables = (variables: Variables): readonly string[] =>
  Object.entries(variables).flatMap(([name, value]) =>
    value !== undefined && value.length >= 6 && telling.test(name) && !/^[~./]/.test(value) ? [value] : [],
  )

/** What a program must not print in the clear, as far as the file and the environment tell. */
export const knownSecrets = (config: Config, variables: readonly Variables[]): readonly string[] => [
  ...new Set([
    ...variables.flatMap(ofVariables),
    ...config.secrets.flatMap(({ from }) => Object.values(from.literals)),
    ...config.services.flatMap(({ credentials }) => credentials.flatMap(({ password }) => password ?? [])),
    ...config.cluster.mirrors.flatMap(({ credentials }) => credentials?.password ?? []),
  ]),
]
