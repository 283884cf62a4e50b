import type { BuildSecret, EngineName, Labels } from '../../config/config.ts'

export type EngineInfo = {
  readonly version: string
  readonly cgroupVersion: 1 | 2
  readonly cpus: number
  readonly memoryBytes: number
  /** As in an image: `amd64`, `arm64`. */
  readonly architecture: string
  readonly rootless: boolean
  /** Docker keeps its images in containerd: their ids are those of manifests, and archives may name platforms that are not there (kind#3795). */
  readonly containerdStore: boolean
  /** Its builder takes `--build-context`: a name of the Dockerfile can mean an image for one build. */
  readonly buildContexts?: boolean
  /** Who made it, where it is more than a daemon of this system: `Docker Desktop`, `Colima`. */
  readonly product?: string
  /** It runs in a virtual machine: its kernel and its disk are not this machine's. */
  readonly virtual?: boolean
  /** How its program found it: `context colima`, `DOCKER_HOST=ssh://build`. */
  readonly reachedBy?: string
  /** The machine it runs on, where that is not this one: its ports are reached there, and not on 127.0.0.1. */
  readonly host?: string
  /** The folder of its images and containers, on its machine. */
  readonly dataRoot?: string
  /** What a rootless engine needs for kind and was not given: `cpu`, `memory`, `pids`. */
  readonly missingControllers?: readonly string[]
  /** Proxies that its daemon pulls through. */
  readonly proxies?: readonly string[]
  /** Milliseconds that its clock is ahead of this machine's; undefined where it does not tell. */
  readonly aheadMs?: number
  /** How long it took to say all this, in milliseconds. */
  readonly answeredMs?: number
}

/** What is asked of an engine before anything else. */
export type EngineReach = Pick<EngineInfo, 'rootless' | 'reachedBy' | 'host'>

export type Container = {
  readonly name: string
  readonly labels: Labels
  readonly running: boolean
  /** When it was last started, in milliseconds by the engine's clock; while it runs, where the engine tells. */
  readonly startedAt?: number
  /** It holds its ports, and answers nobody. */
  readonly paused?: true
  readonly ports: readonly { address: string; hostPort: number; containerPort: number; protocol: string }[]
  /** Names of the networks that it is on, where the engine tells. */
  readonly networks?: readonly string[]
  /** What it was made of: the reference as it was given, and the id. */
  readonly image?: { readonly ref: string; readonly id: string }
}

/** A container that goes on by itself. */
export type ContainerRequest = {
  readonly name: string
  readonly image: string
  readonly labels: Labels
  readonly volume?: { readonly name: string; readonly path: string }
  /** In place of the image's own. */
  readonly command: readonly [program: string, ...words: string[]]
  readonly network?: string
  /** Another name on that network, where the engine knows such. */
  readonly alias?: string
  /** From 127.0.0.1 and by tcp, where nothing else is said; host port 0 is any that is free. */
  readonly publish?: {
    readonly address?: string
    readonly hostPort: number
    readonly containerPort: number
    readonly protocol?: string
  }
  /** Beyond those that every container has: `NET_ADMIN`. */
  readonly capabilities?: readonly string[]
  readonly sysctls?: Readonly<Record<string, string>>
  /** In place of the image's own. */
  readonly stopSignal?: string
  readonly env?: Readonly<Record<string, string>>
  /** Variables that it gets as they are here; their values are in no argument. */
  readonly passEnv?: readonly string[]
}

export type EngineImage = {
  /** `sha256:…` of its configuration, or of its manifest where the engine keeps its images in containerd. */
  readonly id: string
  readonly labels: Labels
  readonly architecture: string
  readonly repoDigests: readonly string[]
  /** Bytes of its layers as the engine keeps them, where it tells. */
  readonly size?: number
  /** What the engine calls it, where it came from an archive and was asked for by a digest: archives keep none of a registry. */
  readonly standIn?: string
}

export type BuildRequest = {
  readonly context: string
  readonly file: string
  readonly tag: string
  readonly labels: Labels
  readonly args: Readonly<Record<string, string>>
  /** What names of the Dockerfile mean in this build, as references of images that the engine holds. */
  readonly bases?: Readonly<Record<string, string>>
  readonly target?: string
  readonly platform?: string
  readonly secrets?: readonly BuildSecret[]
  readonly ssh?: boolean
}

type Call = {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly onLine?: (line: string) => void
}

/** A container engine behind its command line. All calls throw EnvironmentError or CommandError. */
export type Engine = {
  readonly name: EngineName
  /** Absolute path or name of the program. */
  readonly command: string
  /** Whether a container can have another name on its network. */
  readonly aliases: boolean
  /** Whether it answers, and where it is: less than `info`, and sooner. Throws as `info` does. */
  reach(): Promise<EngineReach>
  /** Throws `engine-unreachable` with the cause and the way out. */
  info(call?: Call): Promise<EngineInfo>

  volume(name: string): Promise<{ readonly name: string; readonly labels: Labels } | undefined>
  volumes(label?: string): Promise<readonly { readonly name: string; readonly labels: Labels }[]>
  /** Fails when one of that name is there with other labels. */
  createVolume(name: string, labels: Labels): Promise<void>
  removeVolume(name: string): Promise<void>

  /** Running or not, that carry the label (`key` or `key=value`). */
  containers(label: string): Promise<readonly Container[]>
  container(name: string): Promise<Container | undefined>
  /** The names of the same containers, those among them that are only being made. */
  containerNames(label: string): Promise<readonly string[]>
  /** Starts stopped and paused ones, in the order given; a running one stays as it is. */
  startContainers(names: readonly string[], call?: Call): Promise<void>
  /** Freezes running ones: they keep their memory, ports and addresses. */
  pauseContainers(names: readonly string[], call?: Call): Promise<void>
  /** It is started again with the engine, until somebody stops it. */
  runContainer(request: ContainerRequest, call?: Call): Promise<void>
  /** With their anonymous volumes. One that is gone already is no error. */
  removeContainers(names: readonly string[]): Promise<void>
  networks(label: string): Promise<readonly string[]>
  hasNetwork(name: string): Promise<boolean>
  removeNetwork(name: string): Promise<void>
  exec(
    container: string,
    command: readonly string[],
    call?: Call & { readonly input?: string; readonly okCodes?: readonly number[] },
  ): Promise<{ stdout: string; stderr: string; code: number }>
  /** The command that runs `command` in a container with standard input connected, for pipes. */
  execCommand(container: string, command: readonly string[]): readonly string[]
  logs(container: string, lines: number): Promise<string>

  image(ref: string): Promise<EngineImage | undefined>
  /** Those that carry the label, or all: a reference, or the id of one without a name. */
  imagesWith(label?: string): Promise<readonly string[]>
  /** One that is gone already is no error. Throws where a container uses it. */
  removeImage(ref: string): Promise<void>
  pull(ref: string, call?: Call): Promise<void>
  /** `secrets` are hidden in all that is shown. What `bases` name means before and after what it meant: only a builder without build contexts is lent the names meanwhile. */
  build(request: BuildRequest, call?: Call & { readonly secrets?: readonly string[] }): Promise<void>
  tag(ref: string, as: string): Promise<void>
  /** A registry on localhost is spoken to without TLS. */
  push(ref: string, call?: Call): Promise<void>
  /** The command that writes an archive of these images, of one platform where given (`linux/amd64`), to standard output. */
  saveCommand(refs: readonly string[], platform?: string): readonly string[]
}
