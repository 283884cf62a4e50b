import type { Spawn } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import type { NodeRegistry } from './by-registry.ts'
import type { LoadMemory } from './memory.ts'

/** What is to be in which nodes, and the ways there. */
export type LoadOptions = {
  readonly engine: Engine
  readonly images: readonly string[]
  /** Names of node containers. */
  readonly containers: readonly string[]
  readonly signal?: AbortSignal
  /** Told of images that are for another kind of processor than the nodes. */
  readonly warn?: (text: string) => void
  /** Told some times a second how much is on its way: `45 of 166 MB, 12 MB/s`. */
  readonly report?: (line: string) => void
  /** Of the same run: what it knows needs no look. */
  readonly memory?: LoadMemory
  /** What larger images go through of which nodes hold older builds. */
  readonly registry?: NodeRegistry | undefined
  /** Layers stand there on their way. */
  readonly cacheFolder?: string
  /** Of the engine's command line. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Starts it. Default: that of Node. */
  readonly spawn?: Spawn
}
