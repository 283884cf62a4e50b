import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Evidence } from '../../../../cluster/diagnose/evidence.ts'
import { findCauses, type Cause } from '../../../../cluster/diagnose/find-causes.ts'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { faults } from '../../../fixtures/diagnose/faults.ts'

const now = Date.parse('2026-11-26T12:00:00Z')

/** What a cluster with all of those faults said: Kubernetes 1.36.4, see test/e2e/diagnose.test.ts. */
const recorded = (): Evidence => {
  const lines = readFileSync(new URL('../../../fixtures/diagnose/recorded.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as KubeObject & { logs?: Record<string, string>; now?: number })
  return {
    objects: lines.filter(({ kind }) => kind !== undefined),
    logs: new Map(lines.flatMap(({ logs = {} }) => Object.entries(logs))),
    unanswered: [],
    now: lines.find((line) => line.now !== undefined)?.now ?? now,
  }
}

describe('faults on a real cluster', () => {
  const causes = findCauses(recorded())
  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', (name, fault) => {
    const own = causes.filter(({ namespaces, cause }) =>
      namespaces.length > 0 ? namespaces.includes(name) : fault.cause.test(cause),
    )
    expect(own[0]?.cause).toMatch(fault.cause)
  })

  it('have something to do about each, but for what only a log can tell', () => {
    const without = causes.filter(({ hints }) => hints.length === 0).flatMap(({ namespaces }) => namespaces)
    expect(without.toSorted()).toEqual([
      'access-mode',
      'crash',
      'endpoints',
      'image-name',
      'init',
      'job',
      'job-deadline',
    ])
  })
})

const meta = (name: string, more: object = {}) => ({ name, namespace: 'dev', uid: `uid-${name}`, ...more })
type Told = readonly [type: string, status: string, reason?: string, message?: string]
const conditions = (...some: readonly Told[]) =>
  some.map(([type, status, reason = '', message = '']) => ({ type, status, reason, message }))

/** A Deployment of one pod, whose container stands like this. */
const pod = (state: object, more: { spec?: object; status?: object; container?: object } = {}): KubeObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta('web', { generation: 1 }),
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } } },
    },
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta('web-1', {
      labels: { app: 'web' },
      ownerReferences: [{ kind: 'ReplicaSet', name: 'web', uid: 'uid-set', controller: true, apiVersion: 'apps/v1' }],
    }),
    spec: { containers: [{ name: 'main', image: 'reg.example/web:1', ...more.container }], ...more.spec },
    status: {
      phase: 'Pending',
      conditions: conditions(['PodScheduled', 'True'], ['Ready', 'False']),
      containerStatuses: [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state }],
      ...more.status,
    },
  },
]
const waiting = (reason: string, message: string) => pod({ waiting: { reason, message } })
const pulling = (message: string) => waiting('ErrImagePull', message)
const resolve = 'failed to pull and unpack image "reg.example/web:1": failed to resolve reference "reg.example/web:1": '
const crashed = (exitCode = 1) =>
  pod(
    { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=main' } },
    {
      status: {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'main',
            image: '',
            imageID: '',
            ready: false,
            restartCount: 5,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { exitCode, reason: 'Error' } },
          },
        ],
      },
    },
  )
const unscheduled = (message: string) =>
  pod(
    {},
    {
      status: {
        phase: 'Pending',
        containerStatuses: [],
        conditions: conditions(['PodScheduled', 'False', 'Unschedulable', message]),
      },
    },
  )
const event = (reason: string, message: string, object: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: meta(`${object}.${reason}`),
  involvedObject: { uid: `uid-${object}` },
  type: 'Warning',
  reason,
  message,
  lastTimestamp: '2026-11-26T11:59:50Z',
})
const creating = { waiting: { reason: 'ContainerCreating' } }
const node = (...some: readonly Told[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'shop-worker' },
  status: { conditions: conditions(...some) },
})
const refused = (message: string): KubeObject[] => [
  ...pod({}).slice(0, 1),
  event('FailedCreate', `Error creating: ${message}`, 'web'),
]

type Row = readonly [what: string, objects: readonly KubeObject[], cause: RegExp, log?: string]

/** Texts as the sources of Kubernetes, containerd, runc and of common programs have them. */
const rows: readonly Row[] = [
  ['an image that is not there', pulling(`${resolve}reg.example/web:1: not found`), /cannot be pulled.*not found/],
  [
    'a private image',
    pulling(
      `${resolve}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ),
    /cannot be pulled.*pull access denied/,
  ],
  [
    'a limit of pulls',
    pulling(
      `${resolve}unexpected status from HEAD request to https://registry-1.docker.io/v2/library/web/manifests/1: 429 Too Many Requests toomanyrequests: You have reached your unauthenticated pull rate limit.`,
    ),
    /limits how often one may pull/,
  ],
  [
    'an unknown authority',
    pulling(
      `${resolve}failed to do request: Head "https://reg.example/v2/web/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    ),
    /certificate signed by unknown authority/,
  ],
  [
    'a registry without TLS',
    pulling(
      `${resolve}failed to do request: Head "https://reg.example/v2/web/manifests/1": http: server gave HTTP response to HTTPS client`,
    ),
    /HTTP response to HTTPS client/,
  ],
  [
    'another processor in the index',
    pulling('failed to pull and unpack image "reg.example/web:1": no match for platform in manifest: not found'),
    /not offered for the nodes' kind of processor/,
  ],
  [
    'a proxy of the nodes',
    pulling(
      `${resolve}failed to do request: Head "https://reg.example/v2/web/manifests/1": proxyconnect tcp: dial tcp 127.0.0.1:3128: connect: connection refused`,
    ),
    /the proxy of the nodes does not let it through/,
  ],
  [
    'a clock of the nodes',
    pulling(
      `${resolve}failed to do request: Head "https://reg.example/v2/web/manifests/1": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is before 2026-11-01T00:00:00Z`,
    ),
    /by the clock of its node/,
  ],
  [
    'a network without a way out',
    pulling(
      `${resolve}failed to do request: Head "https://reg.example/v2/web/manifests/1": dial tcp 203.0.113.7:443: i/o timeout`,
    ),
    /could not be pulled yet.*i\/o timeout/,
  ],
  [
    'a full disk while pulling',
    pulling(
      'failed to pull and unpack image "reg.example/web:1": failed to extract layer sha256:1: write /var/lib/containerd/tmpmounts/x: no space left on device',
    ),
    /no space is left on the disk of its node/,
  ],
  ['another processor', crashed(), /another kind of processor/, 'exec /app: exec format error'],
  [
    'a user by a word',
    waiting(
      'CreateContainerConfigError',
      'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: "web-1_dev(x)", container: main)',
    ),
    /non-numeric user/,
  ],
  [
    'a low port',
    crashed(),
    /may not listen on port 80/,
    'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)',
  ],
  [
    'a low port of a Go program',
    crashed(),
    /may not listen on port 80/,
    'listen tcp 0.0.0.0:80: bind: permission denied',
  ],
  [
    'a name in a pod (Node.js)',
    crashed(),
    /the name db does not resolve/,
    'Error: getaddrinfo EAI_AGAIN db\n    at GetAddrInfoReqWrap.onlookup',
  ],
  [
    'a name in a pod (Go)',
    crashed(),
    /the name db does not resolve/,
    'dial tcp: lookup db on 10.96.0.10:53: no such host',
  ],
  [
    'a name in a pod (psql)',
    crashed(),
    /the name db does not resolve/,
    'psql: error: could not translate host name "db" to address: Name or service not known',
  ],
  [
    'name servers that are silent',
    crashed(),
    /name server 10\.96\.0\.10:53 does not answer/,
    'dial tcp: lookup db on 10.96.0.10:53: read udp 10.244.0.3:4000->10.96.0.10:53: i/o timeout',
  ],
  [
    'name servers that ask themselves',
    crashed(),
    /asks itself/,
    '[FATAL] plugin/loop: Loop (127.0.0.1:54523 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting.',
  ],
  [
    'a database that is not up',
    crashed(),
    /10\.96\.3\.4:5432 refuses the connection/,
    'Error: connect ECONNREFUSED 10.96.3.4:5432',
  ],
  ['a wrong password', crashed(), /login as app is refused/, 'FATAL:  password authentication failed for user "app"'],
  [
    'a right that is missing',
    crashed(),
    /account dev:robot may not list pods/,
    'pods is forbidden: User "system:serviceaccount:dev:robot" cannot list resource "pods" in API group "" in the namespace "dev"',
  ],
  [
    'a definition that is missing',
    crashed(),
    /does not know Certificate of cert-manager\.io\/v1/,
    'no matches for kind "Certificate" in version "cert-manager.io/v1"',
  ],
  [
    'inotify limits',
    crashed(),
    /too many open files/,
    'E1126 fsnotify.go: failed to create fsnotify watcher: too many open files',
  ],
  ['a table that is missing', crashed(), /no table users/, 'ERROR:  relation "users" does not exist at character 15'],
  [
    'a database of another version',
    crashed(),
    /made by another version of the database/,
    'DETAIL:  The data directory was initialized by PostgreSQL version 15, which is not compatible with this version 17.2.',
  ],
  [
    'a module that is not in the image',
    crashed(),
    /express is not in its image/,
    "Error: Cannot find module 'express'",
  ],
  [
    'an authority that a program does not trust',
    crashed(),
    /does not trust a certificate/,
    'unable to get local issuer certificate',
  ],
  [
    'a taint',
    unscheduled(
      '0/2 nodes are available: 2 node(s) had untolerated taint(s). preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
    ),
    /no node takes it.*untolerated taint/,
  ],
  [
    'anti-affinity',
    unscheduled("0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules."),
    /anti-affinity/,
  ],
  ['a full node', unscheduled('0/1 nodes are available: 1 Too many pods.'), /Too many pods/],
  [
    'a volume of another node',
    unscheduled(
      '0/2 nodes are available: 1 node(s) had volume node affinity conflict, 1 node(s) had untolerated taint(s).',
    ),
    /volume node affinity conflict/,
  ],
  [
    'an unknown resource',
    unscheduled('0/1 nodes are available: 1 Insufficient nvidia.com/gpu.'),
    /Insufficient nvidia/,
  ],
  [
    'a cordoned node',
    [
      ...unscheduled('0/1 nodes are available: 1 node(s) were unschedulable.'),
      {
        ...node(['Ready', 'True']),
        spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
      },
    ],
    /node shop-worker takes no new pods \(cordoned\)/,
  ],
  [
    'disk pressure',
    [
      ...unscheduled('0/1 nodes are available: 1 node(s) had untolerated taint(s).'),
      node(['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'], ['Ready', 'True']),
    ],
    /node shop-worker has no room left on its disk/,
  ],
  [
    'memory pressure',
    [node(['MemoryPressure', 'True', 'KubeletHasInsufficientMemory'], ['Ready', 'True'])],
    /has no memory left/,
  ],
  [
    'no network plugin',
    [
      node([
        'Ready',
        'False',
        'KubeletNotReady',
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
      ]),
    ],
    /no pod network yet/,
  ],
  [
    'a stopped node',
    [node(['Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'])],
    /says nothing any more/,
  ],
  [
    'a sandbox',
    [
      ...pod(creating),
      event(
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1": plugin type="ptp" failed (add): no free addresses',
        'web-1',
      ),
    ],
    /network or sandbox cannot be made/,
  ],
  [
    'a volume of a ConfigMap',
    [
      ...pod(creating),
      event('FailedMount', 'MountVolume.SetUp failed for volume "v" : configmap "settings" not found', 'web-1'),
    ],
    /configmap "settings" not found/,
  ],
  [
    'a webhook that refuses',
    refused('admission webhook "policy.example" denied the request: images need a digest'),
    /policy\.example" denied the request: images need a digest/,
  ],
  [
    'a webhook with another authority',
    refused(
      'Internal error occurred: failed calling webhook "policy.example": failed to call webhook: Post "https://policy.dev.svc:443/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    ),
    /failed calling webhook "policy\.example"/,
  ],
  [
    'a claim without a class',
    [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: meta('data'),
        spec: { accessModes: ['ReadWriteOnce'] },
        status: { phase: 'Pending' },
      },
    ],
    /names no storage class, and none is the default/,
  ],
  [
    'a claim for many',
    [
      { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard' } },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: meta('data'),
        spec: { storageClassName: 'standard', accessModes: ['ReadWriteMany'] },
        status: { phase: 'Pending' },
      },
      event(
        'ProvisioningFailed',
        'failed to provision volume with StorageClass "standard": Only support ReadWriteOnce access mode',
        'data',
      ),
    ],
    /gives no volume for ReadWriteMany/,
  ],
  [
    'an autoscaler without metrics',
    [
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: meta('web'),
        status: {
          conditions: conditions([
            'ScalingActive',
            'False',
            'FailedGetResourceMetric',
            'the HPA was unable to compute the replica count: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
          ]),
        },
      },
    ],
    /cannot scale.*metrics API/,
  ],
  [
    'an Ingress without its certificate',
    [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: meta('web'),
        spec: { tls: [{ secretName: 'cert' }] },
        status: { loadBalancer: { ingress: [{ hostname: 'localhost' }] } },
      },
    ],
    /Secret cert with its certificate is not there/,
  ],
  [
    'a route whose Service is not there',
    [
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: meta('web'),
        status: {
          parents: [
            {
              parentRef: { name: 'public' },
              conditions: conditions(
                ['Accepted', 'True', 'Accepted', ''],
                ['ResolvedRefs', 'False', 'BackendNotFound', 'service web not found'],
              ),
            },
          ],
        },
      },
    ],
    /Gateway public does not serve it as it says: service web not found/,
  ],
  [
    'a route that nobody took up',
    [
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: meta('web'),
        spec: { parentRefs: [{ name: 'public' }] },
      },
    ],
    /no controller has taken it up/,
  ],
  [
    'a route of Traefik whose Service is not there',
    [
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'IngressRoute',
        metadata: meta('web'),
        spec: { routes: [{ match: 'Host(`a.test`)', services: [{ name: 'web', port: 80 }] }] },
      },
    ],
    /leads to the Service web, which is not there/,
  ],
  [
    'a route of Traefik to a port that its Service has not',
    [
      { apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: { ports: [{ name: 'http', port: 80 }] } },
      {
        apiVersion: 'traefik.io/v1alpha1',
        kind: 'IngressRoute',
        metadata: meta('web'),
        spec: {
          routes: [
            {
              services: [
                { name: 'web', port: 'http' },
                { name: 'web', port: 8080 },
              ],
            },
          ],
        },
      },
    ],
    /leads to port 8080 of the Service web, which has 80/,
  ],
  [
    'a Gateway with a port that nobody listens on',
    [
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: meta('public'),
        status: {
          listeners: [
            { name: 'more', conditions: conditions(['Accepted', 'False', 'PortUnavailable', 'no entryPoint for it']) },
          ],
        },
      },
    ],
    /its listener more takes nothing: no entryPoint for it/,
  ],
  [
    'a definition whose names are taken',
    [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'a.example.com' },
        status: { conditions: conditions(['NamesAccepted', 'False', 'PluralConflict', '"a" is already in use']) },
      },
    ],
    /names are taken/,
  ],
  [
    'a namespace with a dead API',
    [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'old', deletionTimestamp: '2026-11-26T11:00:00Z' },
        status: {
          conditions: conditions([
            'NamespaceDeletionDiscoveryFailure',
            'True',
            'DiscoveryFailed',
            'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1',
          ]),
        },
      },
      {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io' },
        status: {
          conditions: conditions([
            'Available',
            'False',
            'MissingEndpoints',
            'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
          ]),
        },
      },
    ],
    /nothing answers for the APIService v1beta1\.metrics\.k8s\.io/,
  ],
]

describe('faults in the words of their sources', () => {
  const causesOf = (objects: readonly KubeObject[], log?: string): readonly Cause[] =>
    findCauses({ objects, logs: new Map(log === undefined ? [] : [['dev/web-1/main', log]]), unanswered: [], now })

  for (const [what, objects, cause, log] of rows)
    it(`are told apart: ${what}`, () => {
      expect(causesOf(objects, log)[0]?.cause).toMatch(cause)
    })

  it('say nothing of what is well', () => {
    const ready = {
      status: {
        phase: 'Running',
        conditions: conditions(['Ready', 'True']),
        containerStatuses: [
          {
            name: 'main',
            image: '',
            imageID: '',
            ready: true,
            restartCount: 0,
            state: { running: { startedAt: '2026-11-26T11:00:00Z' } },
          },
        ],
      },
    }
    const [deployment, one] = pod({}, ready)
    const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 }
    expect(causesOf([{ ...deployment!, status }, one!, node(['Ready', 'True'], ['DiskPressure', 'False'])])).toEqual([])
  })

  it('say one cause once, with all that it is about', () => {
    const [first, second] = ['one', 'two'].map((name) =>
      refused('exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0').map((object) => ({
        ...object,
        metadata: {
          ...object.metadata,
          name: object.kind === 'Deployment' ? name : `${name}.event`,
          uid: `uid-${name}`,
        },
        ...(object.kind === 'Event' && { involvedObject: { uid: `uid-${name}` } }),
      })),
    )
    expect(causesOf([...first!, ...second!])).toMatchObject([{ about: ['Deployment dev/one', 'Deployment dev/two'] }])
  })

  it('begin with what a run failed at, and with nodes before all', () => {
    const evidence = {
      objects: [
        ...pulling(`${resolve}not found`),
        { apiVersion: 'apiextensions.k8s.io/v1', kind: 'Service', metadata: meta('far') },
      ],
      logs: new Map(),
      unanswered: [],
      now,
    }
    const other = waiting('InvalidImageName', '').map((object) => ({
      ...object,
      metadata: { ...object.metadata, name: object.kind === 'Deployment' ? 'api' : 'api-1', labels: { app: 'api' } },
      ...(object.kind === 'Deployment' && { spec: { replicas: 1, selector: { matchLabels: { app: 'api' } } } }),
    }))
    const both = { ...evidence, objects: [...evidence.objects, ...other] }
    expect(findCauses(both, 'service/api: Deployment api: not ready')[0]?.about).toEqual(['Deployment dev/api'])
    expect(findCauses(both, 'service/web: Deployment web: not ready')[0]?.about).toEqual(['Deployment dev/web'])
    const full = node(['DiskPressure', 'True'], ['Ready', 'True'])
    expect(findCauses({ ...both, objects: [...both.objects, full] }, 'Deployment web')[0]?.about).toEqual([
      'node shop-worker',
    ])
  })
})
