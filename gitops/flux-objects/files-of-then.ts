import { EnvironmentError } from '../../core/errors.ts'
import { isPushed } from '../artifact/push.ts'
import type { Delivery } from '../delivery.ts'

/**
 * The digest of the earlier state of the working tree that a delivery names; undefined where it names none. Throws
 * `image-lost` where the registry no longer holds it, and `registry-unreachable`.
 */
export const filesOfThen = async (
  { repository, port, objects }: Pick<Delivery, 'repository' | 'port' | 'objects'>,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const digest = objects?.digest
  if (digest === undefined || (await isPushed(repository, digest, { port, signal }))) return digest
  throw new EnvironmentError('image-lost', `The registry localhost:${port} no longer holds the files of then.`, {
    hints: ['Check them out with git, and run `kindup up`.'],
  })
}
