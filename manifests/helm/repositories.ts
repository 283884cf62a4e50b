import { readFileSync } from 'node:fs'
import { mapsAt, textAt } from '../../core/fields.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { repositoriesFile } from './environment.ts'

/** A repository that the user has added to helm. */
export type Repository = {
  readonly name: string
  readonly url: string
  /** Whether it wants a login or certificates, which helm takes from its own file alone. */
  readonly isGuarded: boolean
}

type Env = Readonly<Record<string, string | undefined>>

/** The repositories that the user has added to helm; none where the file is not there or not to be read. */
export const repositoriesOf = (env: Env): readonly Repository[] => {
  try {
    return mapsAt(readValue(readFileSync(repositoriesFile(env), 'utf8'), 'go2'), 'repositories').map((one) => ({
      name: textAt(one, 'name') ?? '',
      url: textAt(one, 'url') ?? '',
      isGuarded:
        withoutLogin(textAt(one, 'url') ?? '') !== (textAt(one, 'url') ?? '') ||
        ['username', 'certFile', 'keyFile', 'caFile'].some((key) => (textAt(one, key) ?? '') !== '') ||
        one['insecure_skip_tls_verify'] === true,
    }))
  } catch {
    return []
  }
}

/** The name behind `@name` and `alias:name`; undefined for an address. */
export const aliasOf = (repository: string): string | undefined => /^(?:@|alias:)(.+)$/.exec(repository)?.[1]

export const isSameUrl = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '')

/** A login that stands in an address, decoded; undefined where there is none, or it is no address of the web. */
export const loginIn = (address: string): { readonly username: string; readonly password: string } | undefined => {
  if (!/^https?:/i.test(address) || !URL.canParse(address)) return undefined
  const { username, password } = new URL(address)
  return username === '' && password === ''
    ? undefined
    : { username: decodeURIComponent(username), password: decodeURIComponent(password) }
}
