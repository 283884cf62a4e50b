import { EnvironmentError } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { isRetry } from '../registry/publisher.ts'

/** Pushes an image under another name, which the engine has only meanwhile. Ends what is refused and begun again. */
export const pushAs = async (
  engine: Engine,
  ref: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const givenUp = new AbortController()
  await engine.tag(ref, name)
  try {
    await engine.push(name, {
      signal: signal ? AbortSignal.any([signal, givenUp.signal]) : givenUp.signal,
      // A registry without room on its disk is tried again for a minute: by then an archive is there.
      onLine: (line) => {
        if (isRetry(line)) givenUp.abort(new EnvironmentError('not-pushed', `${name} was refused.`))
      },
    })
  } finally {
    await engine.removeImage(name).catch(() => undefined)
  }
}
