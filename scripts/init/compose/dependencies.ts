import { isRecord } from '../../../core/is-record.ts'
import { textAt } from '../../../core/fields.ts'

type Fields = Readonly<Record<string, unknown>>

/** The services that one starts after. */
export const dependenciesOf = (service: Fields): readonly string[] => {
  const written = service['depends_on']
  const links = Array.isArray(service['links']) ? service['links'].map((link) => String(link).split(':')[0] ?? '') : []
  const needs = isRecord(written) ? Object.keys(written) : Array.isArray(written) ? written.map(String) : []
  return [...new Set([...needs, ...links])]
}

/** The services whose end another waits for: they do something once. */
export const waitedForEnd = (services: Fields): ReadonlySet<string> =>
  new Set(
    Object.values(services).flatMap((service) => {
      const needs = isRecord(service) ? service['depends_on'] : undefined
      return isRecord(needs)
        ? Object.entries(needs).flatMap(([key, one]) =>
            textAt(one, 'condition') === 'service_completed_successfully' ? [key] : [],
          )
        : []
    }),
  )

/** What another needs stands before it. A circle, which Compose refuses, is left as it stands. */
export const inOrderOfNeeds = <T extends { readonly key: string; readonly service: Fields }>(
  services: readonly T[],
): readonly T[] => {
  const done = new Set<T>()
  const visit = (one: T, above: readonly T[]): void => {
    if (done.has(one) || above.includes(one)) return
    for (const key of dependenciesOf(one.service)) {
      const need = services.find((other) => other.key === key)
      if (need !== undefined) visit(need, [...above, one])
    }
    done.add(one)
  }
  for (const one of services) visit(one, [])
  return [...done]
}
