import { identified } from '../../core/identity.ts'
import { stringify } from 'yaml'
import type { Config } from '../../config/config.ts'
import type { KubeObject } from '../kube/kube.ts'
import { labelsFor, registryAlias, registryName, registryVolume } from './names.ts'
import type { Served } from './served.ts'

/** Where every registry keeps what it holds: the path of the volume in the official image. */
export const storageFolder = '/var/lib/registry'

/** What all registries have in their configuration. The keys are those of distribution 2 and 3. */
export const configText = (port: number, more: Readonly<Record<string, unknown>> = {}): string =>
  stringify({
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storageFolder }, delete: { enabled: true } },
    http: { addr: `:${port}` },
    ...more,
  })

/** The local registry of the file, or undefined. */
export const localRegistry = ({ cluster, at }: Pick<Config, 'cluster' | 'at'>): Served | undefined => {
  if (!cluster.registry) return undefined
  const { port, keep, broughtBy } = cluster.registry
  const name = registryName(port)
  const host = `localhost:${port}`
  return {
    ...identified({ kind: 'registry' }),
    title: `Registry ${host}${broughtBy === undefined ? '' : `, for ${broughtBy}`}`,
    what: `the registry ${host}`,
    container: {
      name,
      volume: registryVolume(name),
      labels: labelsFor(name),
      alias: registryAlias,
      port,
      hostPort: port,
      config: configText(port),
      goesOut: false,
    },
    host,
    // `localhost` of a node is the node itself: there is nothing else to ask. containerd 1 reads no file without a `host`.
    hostsToml: `server = "http://${name}:${port}"\n\n[host."http://${name}:${port}"]\n`,
    keep,
    isOwn: false,
    hosting: hosting(port),
    at: at(['cluster', 'registry', 'port']),
  }
}

/** Where tools look for a cluster's registry (KEP-1755). */
export const hostingRef = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'kube-public',
  name: 'local-registry-hosting',
} as const

const hosting = (port: number): KubeObject => ({
  apiVersion: hostingRef.apiVersion,
  kind: hostingRef.kind,
  metadata: { name: hostingRef.name, namespace: hostingRef.namespace },
  data: {
    'localRegistryHosting.v1': stringify({
      host: `localhost:${port}`,
      hostFromContainerRuntime: `localhost:${port}`,
      hostFromClusterNetwork: `${registryAlias}:${port}`,
    }),
  },
})
