import { resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { FileConfig } from '../schema/file.ts'
import { normaliseAddons } from './addons.ts'
import { mapIngressPorts, normaliseCluster } from './cluster.ts'
import { mapExposedPorts } from './exposed-ports.ts'
import { normaliseHosts } from './hosts.ts'
import { normaliseImagePaths } from './image-paths.ts'
import { normaliseImages } from './images.ts'
import type { Scope } from './scope.ts'
import { normaliseSecrets } from './secrets.ts'
import { normaliseServices } from './services.ts'

/** The whole file with its short forms written out. What cannot be is added to the findings. */
export const normaliseFile = async (written: FileConfig, file: string, scope: Scope): Promise<Omit<Config, 'at'>> => {
  const cluster = normaliseCluster(written.cluster ?? {}, scope)
  const addons = normaliseAddons(written.addons ?? {}, scope)
  const services = await normaliseServices(written, scope)
  const nodes = mapExposedPorts(mapIngressPorts(cluster.nodes, addons, scope), services, cluster.kind)
  return {
    name: written.name,
    file,
    folder: scope.folder,
    cluster: { ...cluster, nodes },
    tools: { kind: 'auto', kubectl: 'auto', helm: 'auto', ...written.tools },
    addons,
    crds: (written.crds ?? []).map((path) => resolve(scope.folder, path)),
    images: normaliseImages(written, scope),
    ...(written.imagePaths === undefined ? {} : { imagePaths: normaliseImagePaths(written, scope) }),
    secrets: normaliseSecrets(written, scope),
    environments: Object.entries(written.environments ?? {}).map(([name, { namespace, vars }]) => ({
      name,
      namespace: namespace ?? name,
      vars: vars ?? {},
    })),
    services,
    hosts: normaliseHosts(written.hosts, scope),
  }
}
