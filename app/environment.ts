import type { Pushes } from '../cluster/load/memory.ts'
import type { Access } from '../cluster/kind/access.ts'
import type { Engine } from '../cluster/engine/engine.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import type { KnownFiles } from '../cluster/images/context-hash.ts'
import type { makeCluster, MadeCluster } from '../cluster/make-cluster.ts'
import type { MadeTools } from '../cluster/tools/make-tools.ts'
import type { PortConflict } from '../cluster/ports/settle.ts'
import type { Settings } from '../cluster/inventory/settings.ts'
import type { Progress } from '../cluster/tools/progress.ts'
import type { Tools } from '../cluster/tools/tools.ts'
import type { Config } from '../config/config.ts'
import type { Problem } from '../core/problem.ts'
import type { Run } from '../core/run.ts'
import type { Step } from '../core/step.ts'
import type { Deployable } from '../manifests/deployable.ts'
import type { Secrets } from '../services/secrets/read-secrets.ts'
import type { Rendered } from '../manifests/source/rendered.ts'
import type { App, CommonFlags, WalkFlags } from './app.ts'
import type { Reach } from '../services/smoke/reach.ts'
import type { SmokeResult } from '../services/smoke/smoke.ts'
import type { Settled } from './settle.ts'
import type { ReadImages, SyncedImages } from './synced-images.ts'

/** The file and all that follows from it before anybody asks the world how it stands. */
export type Environment = {
  readonly config: Config
  /** Host ports of the file that cannot be had; those of `config` say what takes their place. */
  readonly conflicts: readonly PortConflict[]
  readonly run: Run
  readonly cluster: MadeCluster
  readonly images: readonly ResolvedImage[]
  readonly deployables: readonly Deployable[]
  readonly secrets: Secrets
  readonly sources: ReadonlyMap<string, Rendered>
  /** What leads to each deployable, by id. */
  readonly reaches: ReadonlyMap<string, Reach>
  /** The steps that this walk takes. */
  readonly steps: readonly Step[]
  /** Ids of all steps of the file, those that the walk leaves out included. */
  readonly allIds: readonly string[]
  /** Whether flags leave steps out: then nothing is removed. */
  readonly isNarrowed: boolean
  /** Namespaces of the environments that are not meant, where `--env` names some. */
  readonly leaves: ReadonlySet<string>
  readonly problems: readonly Problem[]
  /** Names that should resolve, known so far. Grows when the cluster tells of more. */
  readonly hostNames: Set<string>
  readonly env: App['env']
  /** Host names of what this walk takes, by the file alone. */
  readonly fileHosts: readonly string[]
  /** What is set beside the file: the cluster remembers it. */
  readonly settings: Settings
  /** What came of the smoke tests of this run. */
  readonly smoke: SmokeResult[]
  readonly kept: Kept
  /** Images whose files go into containers instead, where somebody watches. */
  readonly read?: ReadImages
}

export type Flags = CommonFlags & Partial<WalkFlags>

export type PortOptions = {
  /** Host ports as the file has them: no engine is asked. */
  readonly asFile?: boolean
  /** Somebody agreed to other ports where those of the file cannot be had. */
  readonly fallback?: boolean
  /** Numbers that can be remembered. */
  readonly nice?: boolean
  /** The engine, where somebody has looked for it already. */
  readonly engine?: () => Promise<Engine>
}

/** What an earlier opening of the same command found, and a later one need not look for. */
export type Kept = {
  /** Of the parts of the file that it was found for. */
  readonly hash: string
  readonly tools: Tools & Partial<Pick<MadeTools, 'forgetFailures'>>
  readonly engine: () => Promise<Engine>
  readonly settled: Settled
  readonly access: Access
  readonly imageStores: ReturnType<typeof makeCluster>['imageStores']
  readonly pushes: Pushes
  readonly known: KnownFiles
  /** What a watch knows of the images whose files go into containers. */
  readonly synced?: SyncedImages
}

/** How tools that are missing are downloaded. */
export type Downloads = {
  /** Ends what is still on its way when the command is done. */
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}
