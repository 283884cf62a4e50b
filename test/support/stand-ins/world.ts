import { createHash } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ApiServer, ApiServerOptions } from '../api-server/start-api-server.ts'
import type { Call } from './call.ts'

type Labels = Readonly<Record<string, string>>

export type Bound = {
  readonly address: string
  readonly hostPort: number
  readonly containerPort: number
  readonly protocol: string
}

export type StandInContainer = {
  readonly name: string
  readonly labels: Labels
  running: boolean
  /** Docker says of such a one that it runs, too. */
  paused?: boolean
  ports: readonly Bound[]
  /** Paths that were made in it. */
  readonly files: Set<string>
  /** What its containerd holds: reference → id of the image. */
  readonly images: Map<string, string>
  /** What listens on its ports, as the engine's proxy does. */
  readonly listeners: Server[]
  /** Texts in it, by path. */
  readonly texts: Map<string, string>
  networks?: readonly string[]
  /** Of a registry: the volume that it keeps its images in, and what it was told. */
  registry?: { readonly storage: string; config: string }
}

/** All that the stand-in programs know: what an engine would hold, and the APIs of the clusters that kind made. */
export type World = {
  readonly volumes: Map<string, Labels>
  readonly containers: Map<string, StandInContainer>
  readonly networks: Map<string, Labels>
  readonly images: Map<
    string,
    { readonly id: string; readonly labels: Labels; readonly repoDigests?: readonly string[] }
  >
  /** What registries hold, by their volume: `team/web:1` → digest. */
  readonly registries: Map<string, Map<string, string>>
  /** What was pushed to registries piece by piece, by their volume: digest, or `repository@digest` of a manifest → bytes. */
  readonly blobs: Map<string, Map<string, Buffer>>
  /** Hosts of registries that cannot be reached. */
  readonly unreachable: Set<string>
  /** Volumes of registries that have no room, and repositories of which something was sent there in part: `kindup_registry-5001 team/web`. */
  readonly full: Set<string>
  readonly halfSent: Set<string>
  /** By the name of the cluster. */
  readonly clusters: Map<string, ApiServer>
  /** For the API of every cluster that is made. */
  readonly api: Pick<ApiServerOptions, 'behaviours' | 'logs' | 'controllers'>
  /** Answers what comes in on host ports, as an ingress controller does. */
  request: RequestListener
  /** Looks at a call, or at a stage of one, before it happens; a number ends it with that exit code. */
  readonly before: (point: string, call: Call) => Promise<number | undefined>
}

export const idOf = (name: string): string => createHash('sha256').update(name).digest('hex')

export const newContainer = (name: string, labels: Labels): StandInContainer => ({
  name,
  labels,
  running: false,
  ports: [],
  files: new Set(),
  images: new Map(),
  listeners: [],
  texts: new Map(),
})

/** Starts to listen on a host port, 0 being any free one. Rejects with EADDRINUSE. */
export const bindPort = async (
  world: World,
  container: StandInContainer,
  wanted: Bound,
  answer: RequestListener = (request, response) => world.request(request, response),
): Promise<void> => {
  const listener = createServer(answer)
  // A connection that is closed while it rests may be closed while the next request is on its way.
  listener.keepAliveTimeout = 0
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject)
    listener.listen({ host: wanted.address, port: wanted.hostPort }, resolve)
  })
  container.listeners.push(listener)
  container.ports = [...container.ports, { ...wanted, hostPort: (listener.address() as AddressInfo).port }]
}

/** Takes a container away with what it serves. */
export const removeContainer = async (world: World, container: StandInContainer): Promise<void> => {
  world.containers.delete(container.name)
  for (const listener of container.listeners) {
    listener.closeAllConnections()
    listener.close()
  }
  const cluster = container.labels['io.x-k8s.kind.cluster'] ?? ''
  if (container.labels['io.x-k8s.kind.role'] !== 'control-plane') return
  const api = world.clusters.get(cluster)
  world.clusters.delete(cluster)
  await api?.stop()
}
