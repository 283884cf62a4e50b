type Variables = Readonly<Record<string, string | undefined>>

const telling =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_CONFIG|PAT)$/i

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
