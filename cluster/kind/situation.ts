import { basename, dirname } from 'node:path'
import type { Config } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { readMarker } from '../ownership-marker.ts'
import type { OwnershipMarker } from '../ownership-marker.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { kindClusterLabel } from './labels.ts'

/** Whose the name is, and what is there. */
export type Situation = {
  readonly marker: OwnershipMarker | undefined
  /** The node containers, a load balancer's among them; empty when there is no cluster. */
  readonly containers: readonly Container[]
}

export const situationOf = async (engine: Engine, name: string): Promise<Situation> => {
  const [marker, containers] = await Promise.all([readMarker(engine, name), clusterContainers(engine, name)])
  return { marker, containers }
}

export const clusterContainers = (engine: Engine, name: string): Promise<readonly Container[]> =>
  engine.containers(`${kindClusterLabel}=${name}`)

/** Why this file may not use the name, or undefined when it may. */
export const nameTaken = (
  engine: Engine,
  { name, file }: Pick<Config, 'name' | 'file'>,
  { marker, containers }: Situation,
): EnvironmentError | undefined => {
  if (marker && marker.config !== file)
    return new EnvironmentError('name-taken', `The cluster ${name} belongs to ${marker.config}, not to ${file}.`, {
      hints: [
        'Give this one another name: --name NAME',
        `Or take the other one away: kindup down --name ${name}`,
        ...(dirname(marker.config) === dirname(file)
          ? [
              `Is it the same environment? Make the change in ${basename(marker.config)}: \`kindup plan\` says what it needs.`,
            ]
          : []),
      ],
    })
  if (!marker && containers.length > 0)
    return new EnvironmentError('name-taken', `There is a kind cluster ${name} that kindup did not make.`, {
      hints: [
        'Give this one another name: --name NAME',
        `Or delete the other one: ${engine.name === 'docker' ? '' : `KIND_EXPERIMENTAL_PROVIDER=${engine.name} `}kind delete cluster --name ${name}`,
      ],
    })
  return undefined
}
