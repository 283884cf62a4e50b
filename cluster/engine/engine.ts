import type { EngineName } from '../../core/config/config.ts'
import type { Labels } from '../../core/config/config.ts'

export type EngineInfo = {
  readonly version: string
  readonly cgroupVersion: 1 | 2
  readonly cpus: number
  readonly memoryBytes: number
  /** As in an image: `amd64`, `arm64`. */
  readonly architecture: string
  readonly rootless: boolean
}

export type Container = {
  readonly name: string
  readonly labels: Labels
  readonly running: boolean
  readonly ports: readonly { address: string; hostPort: number; containerPort: number; protocol: string }[]
}

export type EngineImage = {
  /** `sha256:…` of its configuration. */
  readonly id: string
  readonly labels: Labels
  readonly architecture: string
  readonly repoDigests: readonly string[]
}

export type BuildRequest = {
  readonly context: string
  readonly file: string
  readonly tag: string
  readonly labels: Labels
  readonly args: Readonly<Record<string, string>>
  readonly target?: string
  readonly platform?: string
}

type Call = { readonly signal?: AbortSignal; readonly timeoutMs?: number; onLine?(line: string): void }

/** A container engine behind its command line. All calls throw EnvironmentError or CommandError. */
export type Engine = {
  readonly name: EngineName
  /** Absolute path or name of the program. */
  readonly command: string
  /** Throws `engine-unreachable` with the cause and the way out. */
  info(call?: Call): Promise<EngineInfo>

  volume(name: string): Promise<{ readonly name: string; readonly labels: Labels } | undefined>
  volumes(label: string): Promise<readonly { readonly name: string; readonly labels: Labels }[]>
  /** Fails when one of that name is there with other labels. */
  createVolume(name: string, labels: Labels): Promise<void>
  removeVolume(name: string): Promise<void>

  /** Running or not, that carry the label (`key` or `key=value`). */
  containers(label: string): Promise<readonly Container[]>
  removeContainers(names: readonly string[]): Promise<void>
  networks(label: string): Promise<readonly string[]>
  removeNetwork(name: string): Promise<void>
  exec(container: string, command: readonly string[], call?: Call & { input?: string; okCodes?: readonly number[] }): Promise<{ stdout: string; stderr: string; code: number }>
  logs(container: string, lines: number): Promise<string>

  image(ref: string): Promise<EngineImage | undefined>
  pull(ref: string, call?: Call): Promise<void>
  build(request: BuildRequest, call?: Call): Promise<void>
  /** The command that writes an archive of these images to standard output. */
  saveCommand(refs: readonly string[]): readonly string[]
}
