import { usageError } from '../core/errors.ts'
import type { Credential, Endpoint } from '../core/step.ts'
import { didYouMean } from '../core/suggest.ts'

/** The endpoints that a word means: by their name, by that of their service or add-on alone, by their host. Throws ConfigError with the name that is nearest. */
export const endpointsMeant = (word: string, endpoints: readonly Endpoint[]): readonly Endpoint[] => {
  const bare = word.replace(/^(?:service|addon)\//, '')
  const ways: readonly ((endpoint: Endpoint) => boolean)[] = [
    ({ name }) => name === bare,
    ({ url }) => [hostOf(url), url].includes(bare),
    ({ name }) => name.split(/[@ ]/)[0] === bare || name.startsWith(`${bare} `),
  ]
  for (const isMeant of ways) {
    const meant = endpoints.filter(isMeant)
    if (meant.length > 0) return meant
  }
  const names = [...new Set(endpoints.map(({ name }) => name))]
  const known = [...names, ...names.map((name) => name.split('@')[0] ?? '')]
  throw usageError(
    `Nothing that can be opened is called ${word}.`,
    didYouMean(bare, known, `There are: ${names.join(', ')}`),
  )
}

/** The login that goes with an endpoint: of the same place, else of the same name. */
export const loginFor = ({ name, url }: Endpoint, credentials: readonly Credential[]): Credential | undefined =>
  credentials.find((one) => one.url !== undefined && originOf(one.url) === originOf(url)) ??
  credentials.find((one) => one.url === undefined && one.name === name)

const hostOf = (url: string): string => URL.parse(url)?.hostname ?? ''

const originOf = (url: string): string => URL.parse(url)?.origin ?? url
