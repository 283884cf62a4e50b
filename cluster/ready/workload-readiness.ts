import { valueAt } from '../../core/fields.ts'
import type { KubeObject, WorkloadSpec, WorkloadStatus } from '../kube/models.ts'
import { refusedTrouble } from './create-trouble.ts'
import { shortened } from './shortened.ts'
import { conditionOf } from './pod.ts'
import { ready, waiting } from './readiness.ts'
import type { Readiness, TroubledPod } from './readiness.ts'

const partsOf = (object: KubeObject): { spec: WorkloadSpec; status: WorkloadStatus } => ({
  spec: object['spec'] ?? {},
  status: object['status'] ?? {},
})

/** Whether the controller has seen the newest version of the object: before that its counts are those of the last one. */
const isObserved = (object: KubeObject): boolean =>
  (partsOf(object).status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0)

/** A controller that has never looked has nothing of before. */
const unseen = (object: KubeObject): Readiness =>
  waiting(partsOf(object).status.observedGeneration === undefined ? 'is being made' : 'the change is not taken up yet')

/** Updated, available, and nothing of the revision before left. `troubled` are its pods that are not ready. */
export const deploymentReadiness = (object: KubeObject, troubled: readonly TroubledPod[]): Readiness => {
  if (!isObserved(object)) return unseen(object)
  const { spec, status } = partsOf(object)
  const { replicas: wanted = 1 } = spec
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status
  const failure = conditionOf(object, 'ReplicaFailure')
  const counted = `${Math.min(readyReplicas, updatedReplicas)}/${wanted} ready`
  if (failure?.status === 'True' && replicas < wanted)
    return waiting(counted, troubled, refusedTrouble(failure.message ?? ''))
  if (updatedReplicas < wanted) return waiting(counted, troubled)
  if (replicas > updatedReplicas) return waiting(`${counted}, ${replicas - updatedReplicas} old to go`, troubled)
  return verdict(readyReplicas >= wanted && availableReplicas >= wanted, counted, troubled)
}

export const statefulSetReadiness = (object: KubeObject, troubled: readonly TroubledPod[]): Readiness => {
  if (!isObserved(object)) return unseen(object)
  const { spec, status } = partsOf(object)
  const { replicas: wanted = 1, updateStrategy } = spec
  const { updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0, currentRevision, updateRevision } = status
  const partition = updateStrategy?.rollingUpdate?.partition ?? 0
  const byHand = updateStrategy?.type === 'OnDelete'
  const counted = `${readyReplicas}/${wanted} ready`
  const updated = byHand || (partition > 0 ? updatedReplicas >= wanted - partition : currentRevision === updateRevision)
  if (!updated) return waiting(`${counted}, ${updatedReplicas} updated`, troubled)
  return verdict(readyReplicas >= wanted && availableReplicas >= wanted, counted, troubled)
}

/** `nodesReady`: with nodes still to join, no node to run on is no answer yet. */
export const daemonSetReadiness = (
  object: KubeObject,
  troubled: readonly TroubledPod[],
  nodesReady: boolean,
): Readiness => {
  if (!isObserved(object)) return unseen(object)
  const { spec, status } = partsOf(object)
  const {
    desiredNumberScheduled: wanted = 0,
    updatedNumberScheduled = 0,
    numberReady = 0,
    numberAvailable = 0,
  } = status
  const counted = `${numberReady}/${wanted} ready`
  if (wanted === 0) return nodesReady ? ready : waiting('no node for it yet')
  if (spec.updateStrategy?.type !== 'OnDelete' && updatedNumberScheduled < wanted)
    return waiting(`${counted}, ${updatedNumberScheduled} updated`, troubled)
  return verdict(numberReady >= wanted && numberAvailable >= wanted, counted, troubled)
}

/** Counts can be right a moment before a pod is known to have restarted. */
const verdict = (complete: boolean, counted: string, troubled: readonly TroubledPod[]): Readiness =>
  complete && troubled.length === 0 ? ready : waiting(counted, troubled)

export const jobReadiness = (object: KubeObject, troubled: readonly TroubledPod[]): Readiness => {
  if (
    conditionOf(object, 'Complete')?.status === 'True' ||
    conditionOf(object, 'SuccessCriteriaMet')?.status === 'True'
  )
    return ready
  const failed = [conditionOf(object, 'Failed'), conditionOf(object, 'FailureTarget')].find(
    (one) => one?.status === 'True',
  )
  if (failed) {
    const why = [failed.reason, failed.message].filter((part) => part !== undefined && part !== '').join(': ')
    return { is: 'waiting', line: `failed (${why})`, pods: troubled, hopeless: true }
  }
  if (valueAt(object, 'spec', 'suspend') === true) return ready
  // A pod that failed is tried again until the backoffLimit: only the Job says when that is over.
  return waiting('not complete', troubled.map(untilTheJobSays))
}

const untilTheJobSays = (troubled: TroubledPod): TroubledPod => {
  const { pod, trouble } = troubled
  if (pod.status?.phase !== 'Failed' && trouble.log === undefined) return troubled
  const { hopelessAfterMs: _limit, ...healing } = trouble
  return { pod, trouble: healing }
}

export const podReadiness = (troubled: readonly TroubledPod[]): Readiness =>
  troubled.length === 0 ? ready : waiting('not ready', troubled)

export const crdReadiness = (object: KubeObject): Readiness => {
  if (conditionOf(object, 'Established')?.status === 'True') return ready
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False')
    return { is: 'waiting', line: `its names are taken: ${names.message ?? ''}`, pods: [], hopeless: true }
  return waiting('not established')
}

export const apiServiceReadiness = (object: KubeObject): Readiness => {
  const available = conditionOf(object, 'Available')
  if (available?.status === 'True') return ready
  return waiting(available?.message === undefined ? 'not available' : `not available: ${shortened(available.message)}`)
}
