import type { EngineName } from '../../core/config/config.ts'
import type { EngineInfo } from './engine.ts'

type Info = {
  readonly ServerVersion?: string
  readonly ServerErrors?: readonly string[] | null
  readonly CgroupVersion?: string
  readonly NCPU?: number
  readonly MemTotal?: number
  readonly Architecture?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly DriverStatus?: readonly (readonly string[])[] | null
  /** podman's own shape. */
  readonly host?: {
    readonly arch?: string
    readonly cpus?: number
    readonly memTotal?: number
    readonly cgroupVersion?: string
    readonly security?: { readonly rootless?: boolean }
  }
  readonly version?: { readonly Version?: string }
}

/** Why the engine did not answer although its program ended well, or what it said of itself. */
export const infoFrom = (engine: EngineName, stdout: string): EngineInfo | { readonly cause: string } => {
  const info = parsed(stdout)
  if (!info) return { cause: `it said nothing that can be read: ${stdout.trim().slice(0, 200) || '(nothing)'}` }
  // Docker's program prints what it knows of itself and exits 0 when the daemon is away.
  const [error] = info.ServerErrors ?? []
  if (error !== undefined) return { cause: error }
  // podman installs itself under docker's name too; kind has to be told which of the two it is.
  if (info.host && engine !== 'podman') return { cause: `\`${engine}\` is podman under another name` }
  if (info.host)
    return {
      version: info.version?.Version ?? '',
      cgroupVersion: info.host.cgroupVersion === 'v1' ? 1 : 2,
      cpus: info.host.cpus ?? 0,
      memoryBytes: info.host.memTotal ?? 0,
      architecture: architecture(info.host.arch ?? ''),
      rootless: info.host.security?.rootless ?? false,
      containerdStore: false,
    }
  return {
    version: info.ServerVersion ?? '',
    cgroupVersion: info.CgroupVersion === '1' ? 1 : 2,
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    architecture: architecture(info.Architecture ?? ''),
    rootless: (info.SecurityOptions ?? []).some((option) => option.split(',').includes('name=rootless')),
    containerdStore:
      engine === 'nerdctl' ||
      (info.DriverStatus ?? []).some(([, value]) => value?.startsWith('io.containerd.snapshotter')),
  }
}

const parsed = (stdout: string): Info | undefined => {
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
