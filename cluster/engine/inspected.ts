import type { Labels } from '../../config/config.ts'
import { fieldsAt, mapsAt, numberAt, textAt, textListAt, textsAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Container, EngineImage } from './engine.ts'

/** The objects that `inspect` printed, as any of the engines does: Docker's words; podman and nerdctl speak them too. */
export const inspected = (value: unknown): readonly Fields[] =>
  (Array.isArray(value) ? value : [value]).filter(isRecord)

export const volumeFrom = (object: Fields): { readonly name: string; readonly labels: Labels } => ({
  name: textAt(object, 'Name') ?? '',
  labels: textsAt(object, 'Labels'),
})

const isPaused = (object: Fields): boolean =>
  valueAt(object, 'State', 'Paused') === true || valueAt(object, 'State', 'Status') === 'paused'

const isRunning = (object: Fields): boolean => {
  const running = valueAt(object, 'State', 'Running')
  return typeof running === 'boolean' ? running : valueAt(object, 'State', 'Status') === 'running'
}

export const containerFrom = (object: Fields): Container => ({
  // Docker writes a slash before the name.
  name: (textAt(object, 'Name') ?? '').replace(/^\//, ''),
  labels: textsAt(object, 'Config', 'Labels'),
  // Docker says of a paused one that it runs.
  running: !isPaused(object) && isRunning(object),
  ...startFrom(object),
  ...(isPaused(object) && { paused: true as const }),
  ports: portsFrom(object),
  ...networksFrom(object),
  ...madeOf(object),
})

const madeOf = (object: Fields): Pick<Container, 'image'> => {
  const ref = textAt(object, 'Config', 'Image')
  const id = textAt(object, 'Image')
  return ref === undefined || id === undefined ? {} : { image: { ref, id: id.includes(':') ? id : `sha256:${id}` } }
}

const networksFrom = (object: Fields): { readonly networks?: readonly string[] } => {
  const networks = valueAt(object, 'NetworkSettings', 'Networks')
  return isRecord(networks) ? { networks: Object.keys(networks) } : {}
}

const startFrom = (object: Fields): { readonly startedAt?: number } => {
  const startedAt = Date.parse(textAt(object, 'State', 'StartedAt') ?? '')
  return valueAt(object, 'State', 'Running') === true && startedAt > 0 ? { startedAt } : {}
}

/** A stopped container has no ports: its bindings tell where they will be. */
const portsFrom = (object: Fields): Container['ports'] => {
  const bound = Object.entries(fieldsAt(object, 'NetworkSettings', 'Ports')).filter(([, bindings]) => bindings)
  const entries = bound.length > 0 ? bound : Object.entries(fieldsAt(object, 'HostConfig', 'PortBindings'))
  return entries.flatMap(([key, bindings]) => {
    const [port, protocol = 'tcp'] = key.split('/')
    return mapsAt(bindings).map((binding) => ({
      address: textAt(binding, 'HostIp') || '127.0.0.1',
      hostPort: Number(valueAt(binding, 'HostPort')),
      containerPort: Number(port),
      protocol,
    }))
  })
}

export const imageFrom = (object: Fields): EngineImage => {
  const id = textAt(object, 'Id') ?? ''
  const size = numberAt(object, 'Size') ?? 0
  const ofConfig = valueAt(object, 'Config', 'Labels')
  return {
    // podman leaves the algorithm out.
    id: id.includes(':') ? id : `sha256:${id}`,
    labels: textsAt(isRecord(ofConfig) ? ofConfig : valueAt(object, 'Labels')),
    architecture: textAt(object, 'Architecture') ?? '',
    repoDigests: textListAt(object, 'RepoDigests'),
    ...(size > 0 && { size }),
  }
}
