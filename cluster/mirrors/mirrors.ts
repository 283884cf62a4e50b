import { identified } from '../../core/identity.ts'
import type { Config, MirrorConfig } from '../../config/config.ts'
import { configText, localRegistry } from '../registry/local.ts'
import { labelsFor, mirrorName, registryVolume } from '../registry/names.ts'
import type { Served } from '../registry/served.ts'

/** What mirrors listen on; nobody outside of the engine's network asks them. */
const port = 5000

/** The mirrors of the file. One with credentials is this cluster's own: what it may read, others may not. */
export const mirrorsOf = ({
  name: cluster,
  cluster: { mirrors },
  at,
}: Pick<Config, 'name' | 'cluster' | 'at'>): readonly Served[] =>
  mirrors.map((mirror, index) => {
    const { upstream, credentials } = mirror
    const owner = credentials === undefined ? {} : { owner: cluster }
    const name = mirrorName(upstream, owner.owner)
    return {
      ...identified({ kind: 'mirror', name: upstream }),
      title: `Mirror of ${upstream}`,
      what: `the mirror of ${upstream}`,
      container: {
        name,
        volume: registryVolume(name),
        labels: labelsFor(name, { upstream, ...owner }),
        port,
        config: configText(port, {
          // What was pulled once stays: a tag that moved is asked for again anyway.
          proxy: { remoteurl: addressOf(mirror), ...credentials, ttl: '0s' },
        }),
        goesOut: true,
      },
      host: upstream,
      // containerd goes on to the server itself where the mirror does not answer.
      hostsToml: `server = "${addressOf(mirror)}"\n\n[host."http://${name}:${port}"]\n  capabilities = ["pull", "resolve"]\n`,
      keep: false,
      isOwn: credentials !== undefined,
      at: at(['cluster', 'mirrors', index]),
    }
  })

/** docker.io names images and serves none. */
const addressOf = ({ upstream, http }: MirrorConfig): string =>
  `${http ? 'http' : 'https'}://${upstream === 'docker.io' ? 'registry-1.docker.io' : upstream}`

/** The containers of the local registry and the mirrors of the file, by name. */
export const registryContainers = (config: Parameters<typeof mirrorsOf>[0]): readonly string[] => {
  const local = localRegistry(config)
  return [...(local ? [local] : []), ...mirrorsOf(config)].map(({ container }) => container.name)
}
