import { isRecord } from '../../../core/is-record.ts'
import { textAt, valueAt } from '../../../core/fields.ts'
import { present } from './container.ts'
import { secondsOf } from './duration.ts'
import type { Port } from './ports.ts'
import type { Mount } from './volumes.ts'

type Fields = Readonly<Record<string, unknown>>

type Made = {
  readonly name: string
  readonly container: Fields
  readonly ports: readonly Port[]
  readonly mounts: readonly Mount[]
  /** Other names by which services of the file reach it. */
  readonly aliases: readonly string[]
  /** Others wait for its end. */
  readonly ends: boolean
  /** Claims that another service's file has already. */
  readonly claimed: ReadonlySet<string>
}

/** The objects of one service, as a person would write them: how it is reached, what it keeps, what runs. */
export const objectsOf = (service: Fields, made: Made): readonly Fields[] => {
  const { name, aliases, ports, mounts, ends, claimed } = made
  // Nobody asks what only does something once.
  const isReached = !ends || ports.length > 0
  const claims = new Set(mounts.flatMap(({ volume }) => (volume.source.kind === 'claim' ? [volume.source.name] : [])))
  return [
    ...(isReached ? [name, ...aliases].map((one) => serviceOf(one, made)) : []),
    ...[...claims].filter((claim) => !claimed.has(claim)).map(claimOf),
    workloadOf(service, made, claims.size > 0),
  ]
}

/** Without ports it is only a name: whatever listens behind it is reached. */
const serviceOf = (called: string, { name, ports }: Made): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: called },
  spec: present({
    clusterIP: ports.length === 0 ? 'None' : undefined,
    selector: { app: name },
    ports: ports.map(({ target, protocol }) => ({
      ...(ports.length > 1 ? { name: `${protocol.toLowerCase()}-${target}` } : {}),
      port: target,
      ...(protocol === 'UDP' ? { protocol } : {}),
    })),
  }),
})

const claimOf = (name: string): Fields => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
})

const workloadOf = (service: Fields, { name, container, mounts, ends }: Made, keeps: boolean): Fields => {
  const labels = { app: name }
  const replicas = Number(valueAt(service, 'deploy', 'replicas') ?? service['scale'] ?? 1)
  const pod = present({
    // Variables such as REDIS_PORT, which Kubernetes would add for each Service, are none of the application's.
    enableServiceLinks: false,
    restartPolicy: ends ? 'OnFailure' : undefined,
    hostname: hostname(service),
    hostAliases: hostAliasesOf(service),
    terminationGracePeriodSeconds: secondsOf(service['stop_grace_period']),
    containers: [container],
    volumes: volumesOf(mounts),
  })
  if (ends)
    return {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { backoffLimit: 3, template: { metadata: { labels }, spec: pod } },
    }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: present({
      replicas: Number.isInteger(replicas) && replicas >= 0 && replicas !== 1 ? replicas : undefined,
      // Two pods must not write the same files.
      strategy: keeps ? { type: 'Recreate' } : undefined,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: pod },
    }),
  }
}

const volumesOf = (mounts: readonly Mount[]): readonly Fields[] => {
  const volumes = new Map(mounts.map(({ volume }) => [volume.name, volume.source]))
  return [...volumes].map(([name, source]) =>
    source.kind === 'claim'
      ? { name, persistentVolumeClaim: { claimName: source.name } }
      : source.kind === 'empty'
        ? { name, emptyDir: { medium: 'Memory' } }
        : { name, secret: { secretName: source.name, ...(source.executable ? { defaultMode: 0o555 } : {}) } },
  )
}

const hostname = (service: Fields): string | undefined => {
  const written = textAt(service, 'hostname')
  return written !== undefined && /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(written) ? written : undefined
}

const hostAliasesOf = (service: Fields): readonly Fields[] => {
  const written = service['extra_hosts']
  const pairs = isRecord(written)
    ? Object.entries(written).map(([host, ip]) => [host, String(ip)] as const)
    : Array.isArray(written)
      ? written.map(String).map((line) => {
          const [host = '', ...ip] = line.split(/[:=]/)
          return [host, ip.join(':')] as const
        })
      : []
  // `host-gateway` is a word of Docker's.
  return pairs.filter(([, ip]) => /^[\d.]+$|:/.test(ip)).map(([host, ip]) => ({ ip, hostnames: [host] }))
}
