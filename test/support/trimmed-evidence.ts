import type { Evidence } from '../../cluster/diagnose/evidence.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** Namespaces of the cluster itself, which every recording would repeat. */
const own = ['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage', 'default', 'base', 'kindup']

/** What of a real cluster is worth keeping as an example: no more than says why something does not work. */
export const trimmed = (evidence: Evidence): Evidence => ({
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
