import type { Config, NodeConfig } from '../config/config.ts'
import type { Run } from '../core/run.ts'
import type { Context, Port } from '../core/step.ts'
import type { Engine } from './engine/engine.ts'
import type { Kube } from './kube/kube.ts'
import type { NodeStarts } from './ready/node-starts.ts'
import type { Inventory } from './inventory/inventory.ts'
import type { Tools } from './tools/tools.ts'

/** What the steps above the cluster get to work with. Everything is lazy: making one starts and reads nothing. */
export type Cluster = {
  readonly config: Config
  readonly run: Run
  readonly tools: Tools
  /** `kind-<name>` */
  readonly context: string
  /** A kubeconfig of kindup's own with that one context, mode 0600; every helm and kubectl gets it and the context. */
  kubeconfig(ctx: Context): Promise<string>
  engine(): Promise<Engine>
  kube(ctx: Context): Promise<Kube>
  record(ctx: Context): Promise<Inventory>
  /** The nodes of the file with the container that each is, in kind's order of names. */
  readonly nodes: readonly (NodeConfig & { readonly container: string })[]
  /** Host ports as they are bound now (a random one included). */
  ports(ctx: Context): Promise<readonly Port[]>
  /** Since when each node runs; Infinity where its container is stopped or gone. */
  nodeStarts(ctx: Context): Promise<NodeStarts>
  /** Streams the images that the engine holds and the nodes lack, to the named node containers only. Names what it sent. */
  load(images: readonly string[], containers: readonly string[], ctx: Context): Promise<readonly string[]>
  /** The same, as soon as the nodes of a cluster that this run makes stand; until `load` is called for them too they count as missing. */
  loadEarly(images: readonly string[], containers: readonly string[], ctx: Context): void
  /** Names what `load` would send (images that a node lacks, or holds as another build of the same reference), and sends nothing. */
  missing(images: readonly string[], containers: readonly string[], ctx: Context): Promise<readonly string[]>
}
