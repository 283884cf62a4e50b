import coerce from 'semver/functions/coerce.js'
import gte from 'semver/functions/gte.js'
import type { EngineName } from '../../config/config.ts'
import type { EngineInfo } from './engine.ts'
import { productOf } from './product.ts'

type Info = {
  readonly ServerVersion?: string
  readonly ServerErrors?: readonly string[] | null
  readonly CgroupVersion?: string
  readonly NCPU?: number
  readonly MemTotal?: number
  readonly MemoryLimit?: boolean
  readonly PidsLimit?: boolean
  readonly CPUShares?: boolean
  readonly Architecture?: string
  readonly OperatingSystem?: string
  readonly KernelVersion?: string
  readonly Name?: string
  readonly SystemTime?: string
  readonly DockerRootDir?: string
  readonly HttpProxy?: string
  readonly HttpsProxy?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly DriverStatus?: readonly (readonly string[])[] | null
  readonly ClientInfo?: {
    readonly Version?: string
    readonly Context?: string
    readonly Plugins?: readonly { readonly Name?: string }[] | null
  } | null
  /** podman's own shape. */
  readonly host?: {
    readonly arch?: string
    readonly cpus?: number
    readonly memTotal?: number
    readonly cgroupVersion?: string
    readonly cgroupControllers?: readonly string[] | null
    readonly kernel?: string
    readonly hostname?: string
    readonly serviceIsRemote?: boolean
    readonly security?: { readonly rootless?: boolean }
  }
  readonly store?: { readonly graphRoot?: string }
  readonly version?: { readonly Version?: string }
}

export type Said = EngineInfo & {
  readonly context?: string | undefined
  readonly isRemote?: boolean
  /** Its clock, in milliseconds since 1970. */
  readonly time?: number
}

/** What kind asks of a rootless engine; systemd gives a user only some of them unless told otherwise. */
const needed = ['cpu', 'memory', 'pids']

/** Why the engine did not answer although its program ended well, or what it said of itself. */
export const infoFrom = (
  engine: EngineName,
  stdout: string,
  platform: string = process.platform,
): Said | { readonly cause: string } => {
  const info = parsed(stdout)
  if (!info) return { cause: unread(stdout) }
  // Docker's program prints what it knows of itself and exits 0 when the daemon is away.
  const [error] = info.ServerErrors ?? []
  if (error !== undefined) return { cause: error }
  // podman installs itself under docker's name too; kind has to be told which of the two it is.
  if (info.host && engine !== 'podman') return { cause: `\`${engine}\` is podman under another name` }
  return info.host ? ofPodman(info, info.host, platform) : ofDocker(engine, info, platform)
}

type Version = {
  readonly Client?: { readonly Context?: string; readonly ApiVersion?: string }
  readonly Server?: { readonly Components?: readonly { readonly Name?: string }[] | null } | null
}

/** The same from what `docker version` says: of a rootless daemon, its helper is a component. */
export const reachFrom = (
  stdout: string,
): { readonly rootless: boolean; readonly context: string | undefined } | { readonly cause: string } => {
  const version = parsed(stdout)
  if (!version) return { cause: unread(stdout) }
  const { Client, Server } = version
  if (Client?.ApiVersion === undefined) return { cause: '`docker` is podman under another name' }
  if (!Server) return { cause: 'it says nothing of its daemon' }
  const rootless = (Server.Components ?? []).some(({ Name }) => Name === 'rootlesskit')
  return { rootless, context: Client.Context }
}

const ofPodman = (info: Info, host: NonNullable<Info['host']>, platform: string): Said => {
  const rootless = host.security?.rootless ?? false
  const given = host.cgroupControllers
  const missing = rootless && given ? needed.filter((controller) => !given.includes(controller)) : []
  return {
    version: info.version?.Version ?? '',
    cgroupVersion: host.cgroupVersion === 'v1' ? 1 : 2,
    cpus: host.cpus ?? 0,
    memoryBytes: host.memTotal ?? 0,
    architecture: architecture(host.arch ?? ''),
    rootless,
    containerdStore: false,
    // buildah took them with 1.26, which podman 4.1 brought.
    buildContexts: atLeast(info.version?.Version, '4.1.0'),
    ...(missing.length > 0 ? { missingControllers: missing } : {}),
    ...(info.store?.graphRoot === undefined ? {} : { dataRoot: info.store.graphRoot }),
    ...(host.serviceIsRemote ? { isRemote: true, virtual: true } : {}),
    ...productOf({ name: host.hostname, kernel: host.kernel }, platform),
  }
}

const ofDocker = (engine: EngineName, info: Info, platform: string): Said => {
  const rootless = (info.SecurityOptions ?? []).some((option) => option.split(',').includes('name=rootless'))
  // `cpu` itself is not told: without it there are no shares either.
  const limits = { cpu: info.CPUShares, memory: info.MemoryLimit, pids: info.PidsLimit }
  const missing = rootless ? Object.entries(limits).flatMap(([name, given]) => (given === false ? [name] : [])) : []
  const time = Date.parse(info.SystemTime ?? '')
  const proxies = [info.HttpProxy, info.HttpsProxy].flatMap((proxy) => proxy || [])
  const context = info.ClientInfo?.Context
  return {
    version: info.ServerVersion ?? '',
    cgroupVersion: info.CgroupVersion === '1' ? 1 : 2,
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    architecture: architecture(info.Architecture ?? ''),
    rootless,
    containerdStore:
      engine === 'nerdctl' ||
      (info.DriverStatus ?? []).some(([, value]) => value?.startsWith('io.containerd.snapshotter')),
    buildContexts:
      engine === 'docker' &&
      atLeast(info.ClientInfo?.Version, '23.0.0') &&
      (info.ClientInfo?.Plugins ?? []).some(({ Name }) => Name === 'buildx'),
    ...(missing.length > 0 ? { missingControllers: missing } : {}),
    ...(info.DockerRootDir ? { dataRoot: info.DockerRootDir } : {}),
    ...(proxies.length > 0 ? { proxies: [...new Set(proxies)] } : {}),
    ...(Number.isNaN(time) ? {} : { time }),
    ...(context === undefined ? {} : { context }),
    ...productOf(
      { operatingSystem: info.OperatingSystem, name: info.Name, kernel: info.KernelVersion, context },
      platform,
    ),
  }
}

const atLeast = (version: string | undefined, oldest: string): boolean => {
  const plain = coerce(version ?? '')
  return plain !== null && gte(plain, oldest)
}

const unread = (stdout: string): string =>
  `it said nothing that can be read: ${stdout.trim().slice(0, 200) || '(nothing)'}`

const parsed = (stdout: string): (Info & Version) | undefined => {
  try {
    const value: unknown = JSON.parse(stdout)
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}

/** `uname`'s word → the one that images use. */
const architecture = (machine: string): string =>
  ({ x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm', i686: '386' })[machine] ?? machine
