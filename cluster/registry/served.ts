import { type Identity } from '../../core/identity.ts'
import type { Labels } from '../../config/config.ts'
import type { Place } from '../../core/problem.ts'
import type { KubeObject } from '../kube/kube.ts'

/** The container that serves a registry, local or a mirror: an image that everybody knows, a configuration, a volume. */
export type RegistryContainer = {
  /** Nodes find it by that name too. */
  readonly name: string
  readonly volume: string
  /** Of the container and of the volume. */
  readonly labels: Labels
  /** What else it is called on the network of the nodes. */
  readonly alias?: string
  /** What it listens on. */
  readonly port: number
  /** Of 127.0.0.1 on the engine's machine. */
  readonly hostPort?: number
  /** Its configuration file. May hold credentials: it is written into the volume, and shown nowhere. */
  readonly config: string
  /** Goes out to other machines: it gets the proxies of this one. */
  readonly goesOut: boolean
}

/** A registry and what the cluster is told of it. The local registry and the mirrors differ in nothing else. */
export type Served = {
  readonly id: string
  readonly of: Identity
  readonly title: string
  /** What it is in a sentence: `the registry localhost:5001`. */
  readonly what: string
  readonly container: RegistryContainer
  /** The host in the names of images: `localhost:5001`, `docker.io`. */
  readonly host: string
  /** What the nodes' containerd is told of that host. */
  readonly hostsToml: string
  /** The local registry stays when no cluster uses it any more. Mirrors do anyway. */
  readonly keep: boolean
  /** It belongs to this cluster alone. */
  readonly isOwn: boolean
  /** Tells tools in the cluster of it. */
  readonly hosting?: KubeObject
  /** Where it stands in the file. */
  readonly at: Place
}
