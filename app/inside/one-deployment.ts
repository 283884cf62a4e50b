import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { usageError } from '../../core/errors.ts'
import { wordFor } from '../../core/identity.ts'
import { chosenDeployments } from './chosen.ts'
import type { Running } from './open-running.ts'

/** What one word means, for commands that are about one thing. Throws ConfigError where it means several. */
export const oneDeployment = (
  word: string,
  env: readonly string[],
  running: Pick<Running, 'name' | 'entries' | 'file'>,
): InventoryEntry => {
  const meant = chosenDeployments([word], env, running)
  const [only] = meant
  if (only && meant.length === 1) return only
  throw usageError(
    `${word} is several: ${meant.map(({ id }) => id).join(', ')}.`,
    `One of them is meant: ${meant.map(({ of }) => wordFor(of)).join(', or ')}`,
  )
}
