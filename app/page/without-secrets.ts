import { redacted } from '../../core/mask/redacted.ts'
import { secretValues } from '../../core/mask/secret-values.ts'
import type { Credential } from '../../core/step.ts'
import type { Hidden } from '../../services/secrets/hidden.ts'
import type { Page } from './page.ts'

/** The page, none of its texts with a secret in it. Passwords of logins stay where `shown` says that somebody wants them. */
export const withoutSecrets = (page: Page, secrets: readonly string[], shown = false): Page => {
  // It is plain data: so every text of it is met, whatever is added to it later.
  const text = JSON.stringify(page, (_key, value: unknown) =>
    typeof value === 'string' ? redacted(value, secrets) : value,
  )
  const clean: Page = JSON.parse(text)
  return {
    ...clean,
    // Where and as whom to log in is what they are for, although a Secret may hold that too.
    credentials: page.credentials.map(({ password, ...one }, index) => ({
      ...one,
      name: clean.credentials[index]?.name ?? one.name,
      ...(one.url !== undefined && { url: redacted(one.url, password === undefined ? [] : [password]) }),
      ...(one.username !== undefined && { username: one.username }),
      ...(shown && password !== undefined && { password }),
    })),
  }
}

/** What no page may say: what is hidden everywhere, passwords of logins among it, and what variables of the shell hold. */
export const secretsOf = (
  env: Readonly<Record<string, string | undefined>>,
  hidden: Hidden | undefined,
  credentials: readonly Credential[] = [],
): readonly string[] => {
  for (const { password } of credentials)
    if (password !== undefined) hidden?.add(new Map([['password', Buffer.from(password)]]))
  return [...(hidden?.texts ?? []), ...secretValues(env)]
}
