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

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign: it is what it is.
    return text
  }
}

/**
 * Whether something holds what must not be written where it does not stand yet: a value of the environment, or a text
 * whose key tells that nobody should read it. Short ones, numbers and paths are none.
 */
export const holdsSecret = (given: unknown, variables: Variables, key = ''): boolean => {
  if (typeof given === 'string') {
    if (given.length < 6) return false
    return (
      telling.test(key) ||
      Object.entries(variables).some(
        ([name, value = '']) =>
          // npm tells every script its own name and version.
          !name.startsWith('npm_') && value.length >= 6 && !/^[~./]|^\d{1,8}$/.test(value) && given.includes(value),
      )
    )
  }
  if (given === null || typeof given !== 'object') return false
  return Object.entries(given).some(([name, value]) => holdsSecret(value, variables, Array.isArray(given) ? key : name))
}
