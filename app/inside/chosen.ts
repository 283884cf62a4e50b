import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { ConfigError, usageError } from '../../core/errors.ts'
import { fits, idOf } from '../../core/identity.ts'
import { nameHint } from '../../core/suggest.ts'
import type { Running } from './open-running.ts'

/** The services and add-ons of a cluster, as far as the environments `env` go. */
const deployedIn = ({ entries }: Pick<Running, 'entries'>, env: readonly string[] = []): readonly InventoryEntry[] =>
  [...entries.values()].filter(
    ({ of: { kind, environment } }) =>
      kind === 'addon' ||
      (kind === 'service' && (env.length === 0 || (environment !== undefined && env.includes(environment)))),
  )

/**
 * What words of the command line mean of what is deployed: `web`, `web@dev`, `service/web`, `argocd`, `addon/*`. Without words every
 * service. Throws ConfigError with the name that is nearest.
 */
export const chosenDeployments = (
  words: readonly string[],
  env: readonly string[],
  running: Pick<Running, 'name' | 'entries' | 'file'>,
): readonly InventoryEntry[] => {
  const deployed = deployedIn(running, env)
  const unknown = env.find((one) => !deployed.some(({ of: { environment } }) => environment === one))
  if (unknown !== undefined) throw nothingIn(unknown, running)
  if (words.length === 0) {
    const services = deployed.filter(({ of: { kind } }) => kind === 'service')
    return services.length > 0 ? services : deployed
  }
  return [...new Set(words.flatMap((word) => meantBy(word, deployed, running, env)))]
}

const meantBy = (
  word: string,
  deployed: readonly InventoryEntry[],
  running: Pick<Running, 'name' | 'entries' | 'file'>,
  env: readonly string[],
): readonly InventoryEntry[] => {
  const patterns = word.includes('/') ? [word] : [`service/${word}`, `addon/${word}`]
  const isMeant = patterns.map(fits)
  const meant = deployed.filter((entry) => isMeant.some((is) => is(entry)))
  if (meant.length > 0) return meant
  throw notDeployed(word, deployed, running, env)
}

/** A service has a step for each environment. */
const idsOf = (
  kind: 'service' | 'addon',
  name: string,
  file: Running['file'],
  env: readonly string[],
): readonly string[] => {
  const environments = kind === 'service' ? (file?.services.find((one) => one.name === name)?.environments ?? []) : []
  const meant = environments.filter((one) => env.length === 0 || env.includes(one))
  return meant.length === 0 ? [idOf({ kind, name })] : meant.map((environment) => idOf({ kind, name, environment }))
}

const notDeployed = (
  word: string,
  deployed: readonly InventoryEntry[],
  { name, file, entries }: Pick<Running, 'name' | 'entries' | 'file'>,
  env: readonly string[],
): ConfigError => {
  const bare = word.replace(/^(?:service|addon)\//, '').replace(/@.*$/, '')
  const kind = file?.services.some((one) => one.name === bare)
    ? 'service'
    : file?.addons.some((one) => one.name === bare)
      ? 'addon'
      : undefined
  const elsewhere = [...entries.values()].filter(({ of }) => of.name === bare && ['service', 'addon'].includes(of.kind))
  if (elsewhere.length > 0)
    return usageError(
      word.includes('@') || env.length === 0
        ? `${word} is not in ${name}.`
        : `${word} is not deployed to ${env.join(', ')}.`,
      `There is: ${elsewhere.map(({ id }) => id).join(', ')}`,
    )
  if (kind !== undefined)
    return usageError(
      `${bare} is in the file, and not in the cluster ${name} yet.`,
      `kindup up ${idsOf(kind, bare, file, env)
        .map((id) => `--only ${id}`)
        .join(' ')}`,
    )
  const names = [...new Set(deployed.flatMap(({ of }) => of.name ?? []))]
  return usageError(
    `There is no service or add-on ${word} in ${name}.`,
    nameHint(bare, names, 'Nothing is deployed to it: kindup up'),
  )
}

const nothingIn = (environment: string, { name, entries }: Pick<Running, 'name' | 'entries'>): ConfigError => {
  const known = [...new Set([...entries.values()].flatMap(({ of }) => of.environment ?? []))]
  return usageError(
    `Nothing is deployed to an environment ${environment} of ${name}.`,
    nameHint(environment, known, 'No environment is: kindup up'),
  )
}
