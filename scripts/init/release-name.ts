import type { Release } from './draft-service.ts'

/** How the releases of a service are called in all environments: `{env}-{name}`, or `{short}-{name}` where they shorten their names. */
export const releaseOf = (
  service: string,
  named: readonly (readonly [env: string, release: string])[],
): Release | undefined => {
  const [first] = named
  if (!first || named.every(([, release]) => release === service)) return undefined
  const parts = named.map(([env, release]) => ({ env, parts: release.split(service) }))
  if (parts.some((one) => one.parts.length !== 2)) return undefined
  const texts = new Set(
    parts.map(({ env, parts: [before = '', after = ''] }) => `${withEnv(before, env)}{name}${withEnv(after, env)}`),
  )
  const [text] = texts
  if (texts.size === 1) return text === undefined ? undefined : { text }
  const [afters, short] = [new Set(parts.map((one) => one.parts[1])), /^([a-z0-9]+)-$/]
  if (afters.size !== 1 || !parts.every((one) => short.test(one.parts[0] ?? ''))) return undefined
  return {
    text: `{short}-{name}${[...afters][0] ?? ''}`,
    shorts: Object.fromEntries(parts.map(({ env, parts: [before = ''] }) => [env, before.slice(0, -1)])),
  }
}

const withEnv = (text: string, env: string): string =>
  text.replaceAll(new RegExp(`(?<=^|-)${env}(?=$|-)`, 'g'), '{env}')
