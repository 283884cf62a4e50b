import { readService } from '../core/identity.ts'
import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import type { Config } from '../config/config.ts'
import { usageError } from '../core/errors.ts'
import { demandKnown } from './known-name.ts'

/**
 * The recorded services that are meant, by name or id, in the environments that are named or in all. A service that the
 * file has and the record has not gives nothing. Throws ConfigError with a suggestion on a name that neither knows.
 */
export const chosenServices = (
  entries: ReadonlyMap<string, InventoryEntry>,
  wanted: { readonly services: readonly string[]; readonly environments: readonly string[] },
  config: Config,
): readonly InventoryEntry[] => {
  const recorded = [...entries.values()].flatMap((entry) => {
    const { kind, name: service = '', environment } = entry.of
    return kind === 'service' ? [{ entry, service, environment }] : []
  })
  const known = [
    ...new Set([
      ...recorded.map(({ service }) => service),
      ...config.services.flatMap(({ name, origin }) => [name, origin ?? []].flat()),
    ]),
  ]
  const ofFile = config.environments.map(({ name }) => name)
  const environments = [...new Set([...recorded.flatMap(({ environment }) => environment ?? []), ...ofFile])]
  for (const name of wanted.environments) demand(name, environments, 'environment')
  // What several Applications came of means all of them.
  const named = wanted.services.flatMap((word) => {
    const typed = readService(word)
    if (!typed) throw usageError(`${word} is no service.`, 'What the file no longer has, `kindup up` takes away.')
    demand(typed.service, known, 'service')
    if (typed.environment !== undefined) demand(typed.environment, environments, 'environment')
    const several = config.services.filter(({ origin }) => origin === typed.service)
    return several.length === 0 ? [typed] : several.map(({ name }) => ({ ...typed, service: name }))
  })
  return recorded
    .filter(({ environment }) => wanted.environments.length === 0 || wanted.environments.includes(environment ?? ''))
    .filter(
      ({ service, environment }) =>
        named.length === 0 ||
        named.some((one) => one.service === service && (one.environment ?? environment) === environment),
    )
    .map(({ entry }) => entry)
}

const demand = (name: string, names: readonly string[], what: string): void =>
  demandKnown(name, names.toSorted(), { what, none: `Neither the file nor the cluster has any ${what}s.` })
