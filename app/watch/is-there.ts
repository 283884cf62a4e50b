import { readDeed } from '../../cluster/ownership-marker.ts'
import { placesOf } from '../../cluster/paths.ts'
import { takeRunLock } from '../../cluster/run-lock.ts'
import type { App, WalkFlags } from '../app.ts'
import type { Environment } from '../environment.ts'
import { patiently } from './patiently.ts'

/** Whether the cluster is still kindup's, once whoever works on it now is done: `down` takes the deed last. */
export const isThere = async (
  { config, cluster }: Environment,
  { app, flags }: { readonly app: App; readonly flags: WalkFlags },
): Promise<boolean> => {
  const lock = await patiently(() => takeRunLock(placesOf(config.name, app.env).lock, 'kindup up --watch'), {
    signal: app.signal,
    timeoutMs: flags.timeout,
    say: () => undefined,
  })
  await lock.release()
  return (await readDeed(await cluster.engine(), config.name)) !== undefined
}
