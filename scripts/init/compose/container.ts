import { valueAt, textAt } from '../../../core/fields.ts'
import { isRecord } from '../../../core/is-record.ts'
import { textOf } from './text-of.ts'
import { commandOf } from './words.ts'
import { literal, type EnvEntry } from './environment.ts'
import { readinessOf } from './health.ts'
import type { Port } from './ports.ts'
import type { Mount } from './volumes.ts'

type Made = {
  readonly name: string
  readonly image: string
  readonly env: readonly EnvEntry[]
  /** Secrets of `env_file`, the later wins. */
  readonly envFrom: readonly string[]
  readonly ports: readonly Port[]
  readonly mounts: readonly Mount[]
}

/** The container of a service, with its keys in the order that people write them. Texts are filled in. */
export const containerOf = (
  service: Readonly<Record<string, unknown>>,
  made: Made,
): Readonly<Record<string, unknown>> => {
  const { name, image, env, envFrom, ports, mounts } = made
  const command = commandOf(service['entrypoint'])
  const args = commandOf(service['command'])
  return present({
    name,
    image,
    command: command?.map(literal),
    args: args?.map(literal),
    workingDir: textAt(service, 'working_dir'),
    envFrom: envFrom.map((secret) => ({ secretRef: { name: secret } })),
    env,
    ports: ports.map(({ target, protocol }) => ({
      containerPort: target,
      ...(protocol === 'UDP' ? { protocol } : {}),
    })),
    resources: resourcesOf(service),
    readinessProbe: readinessOf(service['healthcheck']),
    securityContext: securityOf(service),
    stdin: service['stdin_open'] === true || undefined,
    tty: service['tty'] === true || undefined,
    volumeMounts: mounts.map(({ volume, path, subPath, readOnly }) =>
      present({ name: volume.name, mountPath: path, subPath, readOnly }),
    ),
  })
}

/** Without what is empty or not there. */
export const present = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) =>
        value !== undefined &&
        !(Array.isArray(value) && value.length === 0) &&
        !(isRecord(value) && Object.keys(value).length === 0),
    ),
  )

const resourcesOf = (service: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const of = (name: string, memory: string, cpus: string) =>
    present({
      cpu: cpu(valueAt(service, 'deploy', 'resources', name, 'cpus') ?? service[cpus]),
      memory: bytes(valueAt(service, 'deploy', 'resources', name, 'memory') ?? service[memory]),
    })
  return present({ limits: of('limits', 'mem_limit', 'cpus'), requests: of('reservations', 'mem_reservation', '') })
}

const cpu = (written: unknown): string | undefined => {
  const count = Number(written ?? Number.NaN)
  return count > 0 ? `${Math.max(1, Math.round(count * 1000))}m` : undefined
}

/** `512m`, `1.5gb` and numbers of bytes, as a quantity: Compose counts in powers of 1024. */
const bytes = (written: unknown): string | undefined => {
  const [, count = '', unit = ''] = /^([\d.]+)\s*([bkmg]?)b?$/i.exec(textOf(written)) ?? []
  const power = ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase().replace('b', ''))
  const sum = Math.round(Number(count) * 1024 ** Math.max(0, power))
  if (!(sum > 0)) return undefined
  if (sum % 1024 ** 3 === 0) return `${sum / 1024 ** 3}Gi`
  return sum % 1024 ** 2 === 0 ? `${sum / 1024 ** 2}Mi` : `${sum}`
}

const securityOf = (service: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const [, user, group] = /^(\d+)(?::(\d+))?$/.exec(textOf(service['user'])) ?? []
  const names = (key: string): readonly string[] => (Array.isArray(service[key]) ? service[key].map(String) : [])
  return present({
    privileged: service['privileged'] === true || undefined,
    readOnlyRootFilesystem: service['read_only'] === true || undefined,
    runAsUser: user === undefined ? undefined : Number(user),
    runAsGroup: group === undefined ? undefined : Number(group),
    capabilities: present({ add: names('cap_add'), drop: names('cap_drop') }),
  })
}
