import type { Config } from '../../config/config.ts'
import { nodeImage, versionOfNodeImage } from '../../cluster/kind/node-images.ts'

/** The Kubernetes that the file asks for, as `1.36.4`: what charts are rendered for and API versions compared with. */
export const kubernetesOf = ({ cluster }: Pick<Config, 'cluster'>): string => {
  const asked = cluster.kubernetes ?? newestMinor
  try {
    const image = nodeImage(asked)
    const version = image === undefined ? undefined : versionOfNodeImage(image)
    if (version !== undefined) return version
  } catch {
    // A minor that kind is not known to have: the cluster's own step says so.
  }
  const [, minor] = /(?:^|:)v?(1\.\d+)/.exec(asked) ?? []
  return `${minor ?? newestMinor}.0`
}

/** What the newest kind takes when the file names nothing. */
const newestMinor = '1.37'
