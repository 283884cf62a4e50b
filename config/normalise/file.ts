import { resolve } from 'node:path'
import type { Config, HostsConfig, ImagePathConfig } from '../config.ts'
import type { FileConfig } from '../schema/file.ts'
import { normaliseAddons } from './addons.ts'
import { mapIngressPorts, normaliseCluster } from './cluster.ts'
import { mapExposedPorts } from './exposed-ports.ts'
import { mapTlsPort, normaliseTls } from './tls.ts'
import { bringForGateway } from './gateway.ts'
import { bringForGitOps, withSetController } from './gitops.ts'
import { normaliseImages } from './images.ts'
import type { Scope } from './scope.ts'
import { normaliseSecrets } from './secrets.ts'
import { normaliseServices } from './services.ts'
import { platformHostsFile } from '../../core/paths.ts'
import { parseDotted } from '../parse/dotted.ts'
import { type Path, showPath } from '../path.ts'

/** The whole file with its short forms written out. What cannot be is added to the findings. */
export const normaliseFile = async (written: FileConfig, file: string, scope: Scope): Promise<Omit<Config, 'at'>> => {
  const cluster = normaliseCluster(written.cluster ?? {}, scope)
  const named = normaliseAddons(written.addons ?? {}, scope)
  const environments = Object.entries(written.environments ?? {}).map(([name, { namespace, vars }]) => ({
    name,
    namespace: namespace ?? name,
    vars: vars ?? {},
  }))
  const { services, files } = await normaliseServices(written, environments, scope)
  const addons = [...named, ...bringForGateway(written.addons, scope)]
  const brought = bringForGitOps(written, services, scope)
  const tls = normaliseTls(written.tls)
  const withIngress = mapIngressPorts(cluster.nodes, addons, scope)
  const nodes = mapExposedPorts(
    tls ? mapTlsPort(withIngress, cluster.kind, scope) : withIngress,
    services,
    cluster.kind,
  )
  return {
    name: written.name,
    file,
    ...(files.length > 0 ? { files } : {}),
    folder: scope.folder,
    cluster: { ...(brought.registry ? { ...cluster, registry: brought.registry } : cluster), nodes },
    tools: { kind: 'auto', kubectl: 'auto', helm: 'auto', ...written.tools },
    addons: withSetController([...addons, ...brought.addons], services),
    crds: (written.crds ?? []).map((path) => resolve(scope.folder, path)),
    images: normaliseImages(written, scope),
    ...(written.imagePaths === undefined ? {} : { imagePaths: normaliseImagePaths(written, scope) }),
    secrets: normaliseSecrets(written, scope),
    environments,
    services,
    hosts: normaliseHosts(written.hosts, scope),
    ...(tls ? { tls } : {}),
  }
}

/** The section `hosts`, with the platform's own file where none is named. */
const normaliseHosts = (file: FileConfig['hosts'], scope: Scope): HostsConfig => ({
  mode: file?.mode ?? 'file',
  file: file?.file === undefined ? platformHostsFile(process.platform, scope.env) : resolve(scope.folder, file.file),
  ...(file?.address === undefined ? {} : { address: file.address }),
  extra: file?.extra ?? [],
})

/** The section `imagePaths`, its paths taken apart. */
const normaliseImagePaths = (file: FileConfig, { findings }: Scope): readonly ImagePathConfig[] =>
  (file.imagePaths ?? []).flatMap(({ kind, path: written }, index) => {
    const path = parseDotted(written.replace(/^\$?\./, ''))
    if (path !== undefined) return [{ kind, path }]
    const at: Path = ['imagePaths', index, 'path']
    findings.error({
      path: at,
      message: `${showPath(at)} is ${JSON.stringify(written)}, which is no path into an object.`,
      hint: 'Write keys with dots between them, and [] for every element of a list: spec.sidecars[].image',
    })
    return []
  })
