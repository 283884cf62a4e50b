import { decoded } from '../address.ts'
type Variables = Readonly<Record<string, string | undefined>>

const telling =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_CONFIG|PAT)$/i

/** Whether a name tells that nobody should read what it stands for. */
export const tellsOfSecret = (name: string): boolean => telling.test(name)

/**
 * What must not be shown of environment variables: values whose names tell that nobody should read them, and logins
 * inside addresses (`DOCKER_HOST=tcp://me:secret@build`, `HTTPS_PROXY`). Short values are words that are met anywhere;
 * paths lead to secrets and are none.
 */
export const secretValues = (variables: Variables): readonly string[] =>
  Object.entries(variables).flatMap(([name, value = '']) => [
    ...(value.length >= 6 && telling.test(name) && !/^[~./]/.test(value) ? [value] : []),
    ...loginsIn(value),
  ])

/** What clients of registries, clusters, clouds and repositories read themselves. */
const ofTools =
  /^(?:HELM|KUBE|AWS|AZURE|ARM|GOOGLE|GCP|CLOUDSDK|DOCKER|CONTAINERS?|REGISTRY|OCI|SOPS|GIT|SSH|VAULT|DIGITALOCEAN|HCLOUD)_/i

/** Names of variables that tell of a secret which no client of a cluster or a registry asks for: a password of an application, a token of CI. */
export const needlessSecrets = (variables: Variables): readonly string[] =>
  Object.keys(variables).filter((name) => telling.test(name) && !ofTools.test(name))

/** A password is hidden; a name without one is a token, but for ssh. With it its encoded form. */
const loginsIn = (value: string): readonly string[] => {
  const [, scheme = '', name = '', password = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^:/?#\s]*)(?::([^/?#\s]*))?@/i.exec(value) ?? []
  const secret = password !== '' ? password : scheme.toLowerCase() === 'ssh' ? '' : name
  return secret.length < 4 ? [] : [...new Set([secret, decoded(secret)])]
}

/** Whether one of the texts stands somewhere in plain data. */
export const holdsText = (data: unknown, texts: readonly string[]): boolean => {
  if (typeof data === 'string') return texts.some((text) => data.includes(text))
  if (data === null || typeof data !== 'object') return false
  return Object.values(data).some((value) => holdsText(value, texts))
}
