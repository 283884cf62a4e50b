import type { Labels } from '../../config/config.ts'
import type { Container, EngineImage } from './engine.ts'

/** What `inspect` of any of the engines says, as far as it is read. Docker's words; podman and nerdctl speak them too. */
type Inspected = {
  readonly Name?: string
  readonly Id?: string
  readonly Labels?: Labels | null
  readonly Architecture?: string
  readonly Size?: number
  readonly RepoDigests?: readonly string[] | null
  readonly Config?: { readonly Labels?: Labels | null } | null
  readonly State?: {
    readonly Running?: boolean
    readonly Paused?: boolean
    readonly Status?: string
    readonly StartedAt?: string
  }
  readonly HostConfig?: { readonly PortBindings?: Bindings | null }
  readonly NetworkSettings?: { readonly Ports?: Bindings | null; readonly Networks?: object | null }
}
type Bindings = Readonly<Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>>

/** The objects that `inspect` printed. Nothing printed is no objects. */
export const inspected = (stdout: string): readonly Inspected[] => {
  const text = stdout.trim()
  if (text === '') return []
  const parsed = JSON.parse(text) as Inspected | readonly Inspected[]
  return Array.isArray(parsed) ? (parsed as readonly Inspected[]) : [parsed as Inspected]
}

export const volumeFrom = (object: Inspected): { readonly name: string; readonly labels: Labels } => ({
  name: object.Name ?? '',
  labels: object.Labels ?? {},
})

const isPaused = ({ State }: Inspected): boolean => State?.Paused === true || State?.Status === 'paused'

export const containerFrom = (object: Inspected): Container => ({
  // Docker writes a slash before the name.
  name: (object.Name ?? '').replace(/^\//, ''),
  labels: object.Config?.Labels ?? {},
  // Docker says of a paused one that it runs.
  running: !isPaused(object) && (object.State?.Running ?? object.State?.Status === 'running'),
  ...startFrom(object),
  ...(isPaused(object) && { paused: true as const }),
  ports: portsFrom(object),
  ...(object.NetworkSettings?.Networks && { networks: Object.keys(object.NetworkSettings.Networks) }),
})

const startFrom = ({ State }: Inspected): { readonly startedAt?: number } => {
  const startedAt = Date.parse(State?.StartedAt ?? '')
  return State?.Running === true && startedAt > 0 ? { startedAt } : {}
}

/** A stopped container has no ports: its bindings tell where they will be. */
const portsFrom = (object: Inspected): Container['ports'] => {
  const bound = Object.entries(object.NetworkSettings?.Ports ?? {}).filter(([, bindings]) => bindings)
  const entries = bound.length > 0 ? bound : Object.entries(object.HostConfig?.PortBindings ?? {})
  return entries.flatMap(([key, bindings]) => {
    const [port, protocol = 'tcp'] = key.split('/')
    return (bindings ?? []).map(({ HostIp, HostPort }) => ({
      address: HostIp === undefined || HostIp === '' ? '127.0.0.1' : HostIp,
      hostPort: Number(HostPort),
      containerPort: Number(port),
      protocol,
    }))
  })
}

export const imageFrom = (object: Inspected): EngineImage => ({
  // podman leaves the algorithm out.
  id: (object.Id ?? '').includes(':') ? (object.Id ?? '') : `sha256:${object.Id ?? ''}`,
  labels: object.Config?.Labels ?? object.Labels ?? {},
  architecture: object.Architecture ?? '',
  repoDigests: object.RepoDigests ?? [],
  ...(object.Size !== undefined && object.Size > 0 && { size: object.Size }),
})
