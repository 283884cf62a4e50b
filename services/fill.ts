import type { ResolvedImage } from '../cluster/images/images.ts'
import type { Config, ServiceConfig } from '../config/config.ts'
import { fillPlaceholders, portPlaceholders } from '../core/placeholders.ts'

export type PlaceholderValues = Readonly<Record<string, string>>

/** What the placeholders of a service stand for in one environment; those that have no value here are not in it. */
export const placeholdersOf = (
  config: Config,
  service: ServiceConfig,
  environment: string | undefined,
  images: readonly ResolvedImage[],
): PlaceholderValues => {
  const vars = config.environments.find(({ name }) => name === environment)?.vars ?? {}
  const image = images.find(({ key }) => key === service.name)
  return {
    ...portValues(config),
    ...vars,
    name: service.name,
    ...(environment === undefined ? {} : { env: environment }),
    ...(image?.ref === undefined ? {} : { image: image.ref }),
    ...(image?.repository === undefined ? {} : { 'image.repository': image.repository }),
    ...(image?.tag === undefined ? {} : { 'image.tag': image.tag }),
  }
}

/** `port:80` → the host port that is bound for it, as far as it is settled. */
export const portValues = (config: Config): PlaceholderValues =>
  Object.fromEntries(
    Object.entries(portPlaceholders(config.cluster.nodes.flatMap(({ ports }) => ports))).flatMap(([name, port]) =>
      port === undefined ? [] : [[name, port]],
    ),
  )

/** Fills every string in a value of any shape; keys stay as they are. */
export const fillIn = <T>(value: T, values: PlaceholderValues): T =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- other texts in the same shape
  filled(value, values) as T

const filled = (value: unknown, values: PlaceholderValues): unknown => {
  if (typeof value === 'string') return fillPlaceholders(value, values)
  if (Array.isArray(value)) return value.map((item) => filled(item, values))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, values)]))
  return value
}

/** Placeholders of kindup's own that a text still holds: they have no value for this service. */
export const unfilled = (text: string): readonly string[] =>
  [...text.matchAll(/\{(env|image|image\.repository|image\.tag)\}/g)].map(([, name]) => name ?? '')
