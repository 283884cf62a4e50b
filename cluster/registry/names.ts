import { hashOf } from '../../core/fingerprint.ts'
import type { Labels } from '../../config/config.ts'

/** On the container and the volume of each registry: the name of the container. */
export const registryLabel = 'dev.kindup.registry'
/** On those of a mirror: the host that it is a cache of. */
export const upstreamLabel = 'dev.kindup.upstream'
/** On what belongs to one cluster alone, and goes with it. */
export const ownerLabel = 'dev.kindup.cluster'

/** What pods call the local registry of any port. */
export const registryAlias = 'kindup-registry'

const registryPrefix = `${registryAlias}-`
export const registryName = (port: number): string => `${registryPrefix}${port}`

/** What people call it: `registry localhost:5001`, `mirror of docker.io`. */
export const wordsFor = (container: string, upstream: string | undefined): string =>
  upstream === undefined ? `registry ${container.replace(registryPrefix, 'localhost:')}` : `mirror of ${upstream}`

/**
 * The container of a mirror. It is a host name of one label: one with dots would be looked for in the public DNS while
 * the container is away. `owner` is the cluster that it belongs to alone.
 */
export const mirrorName = (upstream: string, owner?: string): string => {
  const words = ['kindup-mirror', upstream.replaceAll(/[.:]/g, '-'), ...(owner === undefined ? [] : [owner])].join('-')
  // Two hosts may come to the same words (a-b.c and a.b-c), and a label ends at 63 characters.
  const isPlain = owner === undefined && /^[a-z0-9.]+$/.test(upstream) && words.length <= 63
  return isPlain
    ? words
    : `${words
        .slice(0, 54)
        .replace(/[.-]+$/, '')
        .replaceAll('.', '-')}-${hashOf([upstream, owner ?? '']).slice(0, 8)}`
}

/** Underscores are in no cluster's name: none of these can be the ownership marker of one. */
export const registryVolume = (name: string): string => name.replace(/^kindup-/, 'kindup_')

export const labelsFor = (
  name: string,
  more: { readonly upstream?: string; readonly owner?: string } = {},
): Labels => ({
  [registryLabel]: name,
  ...(more.upstream === undefined ? {} : { [upstreamLabel]: more.upstream }),
  ...(more.owner === undefined ? {} : { [ownerLabel]: more.owner }),
})
