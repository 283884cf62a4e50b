import type { Evidence } from '../../cluster/diagnose/evidence.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** Namespaces of the cluster itself, which every recording would repeat. */
const own = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage', 'default', 'base', 'kindup']

/** What of a real cluster is worth keeping as an example: no more than says why something does not work. */
const trimmed = (evidence: Evidence): Evidence => ({
  ...evidence,
  objects: evidence.objects
    .filter(
      ({ kind, metadata }) =>
        !own.includes(metadata.namespace ?? '') && !own.includes(kind === 'Namespace' ? metadata.name : ''),
    )
    .filter(({ kind, metadata }) => kind !== 'APIService' || metadata.name.includes('example.com'))
    .filter(
      ({ kind, metadata }) =>
        metadata.name !== 'kube-root-ca.crt' && (kind !== 'Namespace' || metadata.deletionTimestamp !== undefined),
    )
    .filter((object) => object.kind !== 'Event' || object['type'] === 'Warning' || object['reason'] === 'Killing')
    .map(
      (object) =>
        ({
          ...without(object, dropped),
          metadata: without(object.metadata, droppedOfMetadata) as KubeObject['metadata'],
        }) as KubeObject,
    )
    .map((object) => (object.kind === 'ReplicaSet' ? { ...object, spec: {} } : object)),
})

const dropped = new Set([
  'managedFields',
  'source',
  'reportingComponent',
  'reportingInstance',
  'firstTimestamp',
  'count',
  'eventTime',
])
const droppedOfMetadata = new Set(['managedFields', 'resourceVersion', 'generateName', 'creationTimestamp'])
/** What the API fills in, and no cause is in. */
const filledIn = new Set([
  'terminationMessagePath',
  'terminationMessagePolicy',
  'imagePullPolicy',
  'dnsPolicy',
  'schedulerName',
  'tolerations',
  'preemptionPolicy',
  'priority',
  'enableServiceLinks',
  'securityContext',
  'hostIPs',
  'podIPs',
  'qosClass',
  'imageID',
  'volumeMounts',
  'containerID',
  'images',
  'nodeInfo',
  'daemonEndpoints',
  'addresses',
  'revisionHistoryLimit',
  'progressDeadlineSeconds',
  'strategy',
  'lastProbeTime',
  'lastTransitionTime',
  'allocatedResources',
  'kubectl.kubernetes.io/last-applied-configuration',
])

const without = (object: object, names: ReadonlySet<string>): object =>
  Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => (names.has(key) || value === null ? [] : [[key, slim(value)]])),
  )

const slim = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(slim)
    : typeof value === 'object' && value !== null
      ? without(value, filledIn)
      : value

/** A recording as lines of JSON: the objects, the last lines of the logs, and when it was. */
export const linesOf = (evidence: Evidence): string => {
  const { objects, logs, now } = trimmed(evidence)
  const kept = [...logs]
    .filter(([key]) => !own.includes(key.split('/')[0] ?? ''))
    .map(([key, text]) => [key, text.split('\n').slice(-15).join('\n')])
  return [...objects, { logs: Object.fromEntries(kept) as object }, { now }]
    .map((one) => `${JSON.stringify(one)}\n`)
    .join('')
}
