import type { KubeObject, LeaseSpec } from '../kube/models.ts'
import { ourLabels, inventoryNamespace } from './namespace.ts'
import { isThere, processMark } from '../../core/process-mark.ts'
import type { ProcessMark } from '../../core/process-mark.ts'

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
  const mark = await processMark(holder.pid)
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
        ...(mark && { [`${prefix}process-space`]: mark.space, [`${prefix}process-start`]: mark.start }),
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
  const here = await processMark(process.pid)
  if (space === undefined || start === undefined || here === undefined)
    return space === undefined && here === undefined && !isThere(pid)
  // Containers may share a host's name and not its process numbers.
  return space === here.space && !isSame(await processMark(pid), start)
}

const isSame = (mark: ProcessMark | undefined, start: string): boolean => mark?.start === start

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
