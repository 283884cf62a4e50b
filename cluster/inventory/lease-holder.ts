import type { KubeObject, LeaseSpec } from '../kube/models.ts'
import { ourLabels, inventoryNamespace } from './namespace.ts'
import { processIdentity, processState } from '../../core/process-identity.ts'

/** One run of kindup that changes a cluster. */
export type Holder = {
  readonly host: string
  readonly pid: number
  /** As the user would write it: `kindup up`. */
  readonly command: string
  readonly startedAt: Date
}

/** Without a renewal this long, the run is over: its machine sleeps or is gone. */
export const leaseSeconds = 15

export const leaseRef = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: inventoryNamespace,
  name: 'run',
} as const

const prefix = 'kindup.dev/'

export const specOf = (lease: KubeObject): LeaseSpec => lease['spec'] ?? {}

/** The Lease as `holder` holds it from `now` on. */
export const leaseFor = async (holder: Holder, now: Date): Promise<KubeObject> => {
  const identity = await processIdentity(holder.pid)
  return {
    apiVersion: leaseRef.apiVersion,
    kind: leaseRef.kind,
    metadata: {
      namespace: leaseRef.namespace,
      name: leaseRef.name,
      labels: ourLabels,
      annotations: {
        [`${prefix}host`]: holder.host,
        [`${prefix}pid`]: String(holder.pid),
        [`${prefix}started-at`]: holder.startedAt.toISOString(),
        ...(identity && { [`${prefix}process-space`]: identity.space, [`${prefix}process-start`]: identity.start }),
      },
    },
    spec: {
      holderIdentity: `${holder.command} (process ${holder.pid} on ${holder.host})`,
      leaseDurationSeconds: leaseSeconds,
      acquireTime: microTime(now),
      renewTime: microTime(now),
    },
  }
}

/** Kubernetes wants six digits of a second. */
export const microTime = (time: Date): string => time.toISOString().replace('Z', '000Z')

/** Whether the run that holds this Lease is over, which frees it. `host` is ours. */
export const isOver = async (lease: KubeObject, host: string, now: Date): Promise<boolean> => {
  const { holderIdentity, renewTime, leaseDurationSeconds = leaseSeconds } = specOf(lease)
  if (!holderIdentity || renewTime === undefined) return true
  if (now.getTime() > Date.parse(renewTime) + leaseDurationSeconds * 1000) return true
  const notes = lease.metadata.annotations ?? {}
  const pid = Number(notes[`${prefix}pid`])
  if (notes[`${prefix}host`] !== host || !Number.isInteger(pid)) return false
  const [space, start] = [notes[`${prefix}process-space`], notes[`${prefix}process-start`]]
  const identity = space === undefined || start === undefined ? undefined : { space, start }
  return (await processState(pid, identity)) === 'dead'
}

/** `kindup up (process 4711 on laptop), since 12:03:04` */
export const describeHolder = (lease: KubeObject): string => {
  const started = new Date(lease.metadata.annotations?.[`${prefix}started-at`] ?? Number.NaN)
  const since = Number.isNaN(started.getTime()) ? '' : `, since ${started.toTimeString().slice(0, 8)}`
  return `${specOf(lease).holderIdentity ?? 'nobody'}${since}`
}

/** The process number of the holder, when it runs on this host. */
export const localPid = (lease: KubeObject, host: string): string | undefined => {
  const notes = lease.metadata.annotations ?? {}
  return notes[`${prefix}host`] === host ? notes[`${prefix}pid`] : undefined
}
