import { isRecord } from '../../../core/is-record.ts'
import { textAt } from '../../../core/fields.ts'
import { freeName, toLabel } from '../names.ts'

/** The name in the cluster of each service of the file. */
export const namesOf = (keys: readonly string[]): ReadonlyMap<string, string> => {
  // A name that can stay as it is stays: others reach the service by it.
  const taken = new Set(keys.filter((key) => toLabel(key) === key))
  return new Map(
    keys.map((key) => {
      if (toLabel(key) === key) return [key, key]
      const name = freeName(toLabel(key) ?? 'service', taken)
      taken.add(name)
      return [key, name]
    }),
  )
}

/** Names that Compose gives a container besides its own, as far as a Service can be called so. */
export const aliasesOf = (
  key: string,
  service: Readonly<Record<string, unknown>>,
  name: string,
  taken: ReadonlySet<string>,
): readonly string[] => {
  const networks = isRecord(service['networks']) ? Object.values(service['networks']) : []
  const aliases = networks.flatMap((network) =>
    isRecord(network) && Array.isArray(network['aliases']) ? network['aliases'].map(String) : [],
  )
  const all = [textAt(service, 'container_name') ?? key, ...aliases]
  return [...new Set(all)].filter(
    (one) => one !== name && !taken.has(one) && /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(one),
  )
}
