import type { EngineName } from './engine-names.ts'
import type { Labels } from './labels.ts'
import type { Place } from '../core/problem.ts'
import type { SetValue } from './chart-config.ts'
import type { SecretConfig } from './secret-config.ts'
import type { ServiceConfig } from './service-config.ts'

export type { EngineName } from './engine-names.ts'
export type { Labels } from './labels.ts'
export type { ChartConfig, SetValue } from './chart-config.ts'
export type { DeployConfig, KustomizeOptions, PatchConfig } from './deploy-config.ts'
export type { SecretConfig } from './secret-config.ts'
export type {
  CredentialConfig,
  ExposeConfig,
  GitOpsConfig,
  GitOpsTool,
  HookConfig,
  ServiceConfig,
  SmokeConfig,
  SyncConfig,
  SyncRule,
} from './service-config.ts'

/** The file, validated, its short forms written out. Relative paths are absolute here, `${VAR}` is replaced, `{placeholders}` are not. */
export type Config = {
  readonly name: string
  /** Absolute path of the file. */
  readonly file: string
  /** Absolute paths of all that it was read from, itself first; the local file beside it too where there is none yet. */
  readonly files?: readonly string[]
  /** Values that stand in none of its files: of the variables that it names, and of `--set`. */
  readonly given?: () => readonly string[]
  /** Absolute path of its folder. */
  readonly folder: string
  readonly cluster: ClusterConfig
  readonly tools: ToolsConfig
  readonly addons: readonly AddonConfig[]
  /** Paths of files and folders whose CustomResourceDefinitions are applied first. */
  readonly crds: readonly string[]
  readonly secrets: readonly SecretConfig[]
  /** `images:` and every `service.image`, under the service's name. */
  readonly images: readonly ImageConfig[]
  /** Where objects name images beside the containers of pods. */
  readonly imagePaths?: readonly ImagePathConfig[]
  readonly environments: readonly EnvironmentConfig[]
  readonly services: readonly ServiceConfig[]
  readonly hosts: HostsConfig
  /** Trusted HTTPS for all hosts; none if undefined. */
  readonly tls?: TlsConfig
  /** Where a key stands: of itself, or of its nearest ancestor that is written in the file. */
  at(path: readonly (string | number)[]): Place
}

export type ToolName = 'kind' | 'kubectl' | 'helm'
/** `auto` (PATH if suitable, else a download), `path`, `download`, or an exact version. */
export type ToolsConfig = Readonly<Record<ToolName, string>>

export type ClusterConfig = {
  /** A context of the user's kubeconfig: that cluster is used, and none is made. `nodes` is empty until it was asked. */
  readonly context?: string
  /** What the cluster of `context` tells of itself, once it was asked. */
  readonly existing?: { readonly provider: string; readonly givesAddresses: boolean }
  /** `1.36`, `1.36.4`, or a node image reference; undefined takes kind's default. */
  readonly kubernetes?: string
  readonly engine: 'auto' | EngineName
  readonly nodes: readonly NodeConfig[]
  readonly onPortConflict: 'fail' | 'fallback'
  readonly registry?: RegistryConfig
  readonly mirrors: readonly MirrorConfig[]
  /** Raw kind v1alpha4 keys, merged last. */
  readonly kind: Readonly<Record<string, unknown>>
}

/** `localhost:<port>` on this machine and the nodes, `kindup-registry:<port>` in pods. `keep`: it outlives the cluster. `broughtBy`: the key that wants it, where the file has none of its own. */
export type RegistryConfig = { readonly port: number; readonly keep: boolean; readonly broughtBy?: string }

/** A pull-through cache of the registry `upstream`. With credentials it belongs to this cluster alone. */
export type MirrorConfig = {
  /** A host, such as `docker.io`. */
  readonly upstream: string
  /** It speaks no TLS. */
  readonly http?: true
  readonly credentials?: { readonly username: string; readonly password: string }
}

export type NodeConfig = {
  readonly role: 'control-plane' | 'worker'
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly ports: readonly PortConfig[]
  readonly mounts: readonly MountConfig[]
  /** Its name, where it was there before: kind gives others theirs. */
  readonly name?: string
}

export type Taint = {
  readonly key: string
  readonly value: string
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** `[address:]host:node[/protocol]`; hostPort 0 is any free one. */
export type PortConfig = {
  readonly address: string
  readonly hostPort: number
  readonly nodePort: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  /** The host port that is bound in its place, once that is settled: for 0, and where another has the port. */
  readonly bound?: number
}

export type MountConfig = { readonly hostPath: string; readonly nodePath: string; readonly readOnly: boolean }

export type AddonConfig = {
  readonly name: string
  /** Undefined for a built-in add-on whose own chart is taken. */
  readonly chart?: string
  readonly repo?: string
  readonly version?: string
  readonly namespace?: string
  readonly release?: string
  readonly placement?: Labels
  readonly host?: string
  /** Absolute paths of values files, in order. */
  readonly values: readonly string[]
  /** Dotted path → value. */
  readonly set: Readonly<Record<string, SetValue>>
  readonly needs: readonly string[]
  /** The key of the file that wants it, where no section of the file asks for it. */
  readonly broughtBy?: string
}

export type ImageConfig = {
  /** The key under `images:`, or the service's name. The step is `image/<key>`. */
  readonly key: string
  /** The repository as it stands in the manifests. */
  readonly name: string
  readonly build?: BuildConfig
  /** An image to run instead of what `build` makes; empty or undefined: that, or else the manifests' own. */
  readonly ref?: string
  /** `git`, `version`, `hash`, or the text itself. */
  readonly tag: string
}

/** `kind` is `KIND` or `KIND.group`; of the path `[]` is every element of a list. */
export type ImagePathConfig = { readonly kind: string; readonly path: readonly string[] }

export type BuildConfig = {
  /** Absolute path. */
  readonly context: string
  /** Absolute path of the Dockerfile. */
  readonly file: string
  readonly target?: string
  readonly platform?: string
  readonly args: Readonly<Record<string, string>>
  /** What the build may read and keeps nowhere; none if undefined. */
  readonly secrets?: readonly BuildSecret[]
  /** It may use the keys of the ssh agent. */
  readonly ssh?: boolean
}

/** Under its id: a file (absolute path), or a variable of the environment. */
export type BuildSecret = { readonly id: string } & ({ readonly file: string } | { readonly env: string })

export type EnvironmentConfig = {
  readonly name: string
  readonly namespace: string
  readonly vars: Readonly<Record<string, string>>
}

export type HostsConfig = {
  readonly mode: 'file' | 'none'
  /** Absolute path. */
  readonly file: string
  /** Where the names lead, instead of where the cluster tells; with `cluster.context`. */
  readonly address?: string
  /** Names beyond those that are found, and public names that may be written. */
  readonly extra: readonly string[]
}

/** `domains`: names of which all below are certified too, beside the hosts that are found. `pods`: services' namespaces get the authority. */
export type TlsConfig = { readonly domains: readonly string[]; readonly pods: boolean }
