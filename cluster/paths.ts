import { join } from 'node:path'
import { hashOf } from '../core/fingerprint.ts'
import { cacheFolder } from '../core/paths.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where kindup keeps what it needs of one cluster on this machine. All of it can be made again. */
export type ClusterPaths = {
  readonly folder: string
  /** kindup's own kubeconfig, mode 0600: what every tool is given. */
  readonly kubeconfig: string
  /** kind writes here, in place and at its own time: nobody reads it. */
  readonly kindKubeconfig: string
  readonly lock: string
  /** What runs write for a moment stands in it, those of other clusters too. */
  readonly cacheFolder: string
}

/**
 * Throws on a name that would lead out of kindup's own folder: it is deleted with all that is in it. `context`: of an
 * existing cluster, which may be used under the name of one that is made here.
 */
export const clusterPaths = (called: string, env: Env = process.env, context?: string): ClusterPaths => {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(called)) throw new Error(`${JSON.stringify(called)} cannot name a folder`)
  const name = context === undefined ? called : `${called}.at-${hashOf(context).slice(0, 8)}`
  const cache = cacheFolder(env)
  const clusters = join(cache, 'clusters')
  const folder = join(clusters, name)
  return {
    folder,
    kubeconfig: join(folder, 'kubeconfig'),
    kindKubeconfig: join(folder, 'kind.kubeconfig'),
    lock: join(clusters, `${name}.lock`),
    cacheFolder: cache,
  }
}
