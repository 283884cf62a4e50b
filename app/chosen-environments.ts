import { idOf, type Identity } from '../core/identity.ts'
import type { Config } from '../config/config.ts'
import { demandInFile } from './known-name.ts'

/** What `--env` leaves alone. */
type ChosenEnvironments = {
  /** Namespaces of the environments that are not meant. One that two share is meant with either. */
  readonly leaves: ReadonlySet<string>
  /** Whether a step has nothing to do then: services of other environments, secrets that are there alone. */
  readonly leavesOut: (step: { readonly of: Identity }) => boolean
}

/** What the flags `--env` mean; undefined without them. Throws ConfigError on a name that the file does not have. */
export const chosenEnvironments = (
  { environments, secrets }: Pick<Config, 'environments' | 'secrets'>,
  wanted: readonly string[],
): ChosenEnvironments | undefined => {
  const known = environments.map(({ name }) => name)
  for (const name of wanted) demandInFile(name, known, 'environment')
  if (wanted.length === 0) return undefined
  const meant = new Set(environments.filter(({ name }) => wanted.includes(name)).map(({ namespace }) => namespace))
  const leaves = new Set(environments.map(({ namespace }) => namespace).filter((one) => !meant.has(one)))
  const elsewhere = new Set(
    secrets
      .filter(({ namespaces }) => namespaces.every((one) => leaves.has(one)))
      .map(({ key }) => idOf({ kind: 'secret', name: key })),
  )
  return {
    leaves,
    leavesOut: ({ of }) =>
      elsewhere.has(idOf(of)) || (of.environment !== undefined && !wanted.includes(of.environment)),
  }
}
