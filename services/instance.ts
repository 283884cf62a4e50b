import type { Config, ServiceConfig } from '../config/config.ts'
import type { Identity } from '../core/identity.ts'
import type { Problem } from '../core/problem.ts'
import { fillIn, unfilled, type PlaceholderValues } from './fill.ts'

/** A service in one of its environments, with what its placeholders stand for. */
export type Instance = {
  readonly id: string
  readonly of: Identity
  readonly service: ServiceConfig
  readonly environment: string | undefined
  readonly values: PlaceholderValues
  readonly problems: Problem[]
  /** The user's own: what its secrets say, no program may print. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** A text with its placeholders filled; one that nothing fills is said. `key` is where it stands in the service. */
export const fill = (config: Config, instance: Instance, text: string, key: readonly (string | number)[]): string => {
  const result = fillIn(text, instance.values)
  for (const name of unfilled(result))
    instance.problems.push(
      problem(
        config,
        instance,
        key,
        name === 'env'
          ? `\`{env}\` stands here, and ${instance.service.name} is deployed without an environment.`
          : `\`{${name}}\` stands here, and ${instance.service.name} has no image of its own.`,
        name === 'env'
          ? 'Give the file `environments:`, or write the name itself.'
          : `Give the service an \`image:\`, or \`images:\` an entry \`${instance.service.name}\`.`,
      ),
    )
  return result
}

/** Something wrong with what stands at `key` of the service. */
export const problem = (
  config: Config,
  { id, service }: Instance,
  key: readonly (string | number)[],
  message: string,
  hint?: string,
): Problem => ({
  severity: 'error',
  step: id,
  message,
  at: config.at(['services', service.name, ...key]),
  ...(hint === undefined ? {} : { hint }),
})
