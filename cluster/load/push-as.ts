import { EnvironmentError } from '../../core/errors.ts'
import type { Engine, EngineImage } from '../engine/engine.ts'
import { nameIn } from '../reference.ts'
import { isRetry } from '../registry/publisher.ts'

/** What an image is called while it is pushed to a registry of this machine, at HOST:PORT. */
export const pushName = (ref: string, host: string, { id }: Pick<EngineImage, 'id'>): string =>
  nameIn(ref, `${host}/kindup`, id.replace('sha256:', ''))

/** The port of such a name; undefined for any other. */
export const portOfPush = (name: string): number | undefined => {
  const port = /^(?:127\.0\.0\.1|localhost):(\d+)\/kindup\/.+:[0-9a-f]{64}$/.exec(name)?.[1]
  return port === undefined ? undefined : Number(port)
}

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
