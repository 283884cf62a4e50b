import { expect, it } from 'vitest'
import { planned, said } from '../schema/planned.ts'

const object = (apiVersion: string, kind: string, name: string, body = '') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: "${name}" }\n${body}\n`
const pod = (labels: string, spec = '') =>
  `{ metadata: { labels: ${labels} }, spec: { containers: [{ name: a, image: a }]${spec} } }`
const workload = (kind: string, name: string, labels: string, more = '', spec = '') =>
  object('apps/v1', kind, name, `spec: { selector: { matchLabels: ${labels} }, template: ${pod(labels, spec)}${more} }`)
const definition = (properties: string, required = '[]') =>
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'foos.example.io',
    `spec: { group: example.io, scope: Namespaced, names: { kind: Foo, plural: foos }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, required: ${required}, properties: ${properties} } } } } }] }`,
  )
const foo = (spec: string) => object('example.io/v1', 'Foo', 'f', `spec: ${spec}`)

it.each<[string, readonly string[]]>([
  [
    'a request that is its limit in another unit',
    [
      object(
        'v1',
        'Pod',
        'a',
        'spec: { containers: [{ name: a, image: a, resources: { requests: { cpu: 700m, memory: " 4100M" }, limits: { cpu: "0.7", memory: "4.1G\\n" } } }] }',
      ),
    ],
  ],
  [
    'a null that a definition asks for and allows',
    [definition('{ a: { type: string, nullable: true } }', '[a]'), foo('{ a: null }')],
  ],
  [
    'items that differ in what the definition puts in',
    [
      definition(
        '{ ports: { type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [port, protocol], items: { type: object, properties: { port: { type: integer }, protocol: { type: string, default: UDP } } } } }',
      ),
      foo('{ ports: [{ port: 80 }, { port: 80, protocol: TCP }] }'),
    ],
  ],
  [
    'metadata of an embedded object beyond what the definition names',
    [
      definition(
        '{ pod: { type: object, x-kubernetes-embedded-resource: true, properties: { apiVersion: { type: string }, kind: { type: string }, metadata: { type: object, properties: { name: { type: string } } } } } }',
      ),
      foo('{ pod: { apiVersion: v1, kind: Pod, metadata: { labels: { a: b } } } }'),
    ],
  ],
  [
    'a large number of a list of numbers',
    [definition('{ n: { type: integer, enum: [9007199254740993] } }'), foo('{ n: 9007199254740993 }')],
  ],
  [
    'names that are no DNS names',
    [
      object(
        'certificates.k8s.io/v1',
        'CertificateSigningRequest',
        'my_CSR:x',
        'spec: { request: YQ==, signerName: example.com/a, usages: [client auth] }',
      ),
    ],
  ],
  [
    'claims of a class that a volume of the plan has',
    [
      object(
        'v1',
        'PersistentVolume',
        'a',
        'spec: { storageClassName: manual, capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /a } }',
      ),
      object(
        'v1',
        'PersistentVolumeClaim',
        'a',
        'spec: { storageClassName: manual, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }',
      ),
    ],
  ],
  [
    'claims that a StatefulSet makes',
    [
      object('v1', 'Service', 'db', 'spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 80 }] }'),
      workload(
        'StatefulSet',
        'db',
        '{ app: db }',
        ', serviceName: db, volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]',
        ', volumes: [{ name: data, persistentVolumeClaim: { claimName: data } }]',
      ),
      workload(
        'Deployment',
        'backup',
        '{ app: backup }',
        '',
        ', volumes: [{ name: d, persistentVolumeClaim: { claimName: data-db-1 } }]',
      ),
    ],
  ],
  [
    'pods by the labels of their controllers',
    [
      workload('Deployment', 'web', '{ app: web }'),
      object(
        'v1',
        'Service',
        'a',
        'spec: { selector: { statefulset.kubernetes.io/pod-name: db-1 }, ports: [{ port: 80 }] }',
      ),
      object('v1', 'Service', 'b', 'spec: { clusterIP: None, selector: { job-name: j } }'),
      object(
        'policy/v1',
        'PodDisruptionBudget',
        'c',
        'spec: { maxUnavailable: 1, selector: { matchLabels: { app: web, role: primary } } }',
      ),
    ],
  ],
  [
    'quotas of some pods, and pods that ask as a whole',
    [
      object(
        'v1',
        'ResourceQuota',
        'high',
        'spec: { hard: { requests.cpu: 1, pods: 1 }, scopeSelector: { matchExpressions: [{ scopeName: PriorityClass, operator: In, values: [high] }] } }',
      ),
      object('v1', 'ResourceQuota', 'all', 'spec: { hard: { requests.cpu: 1 } }'),
      object('v1', 'Pod', 'a', 'spec: { resources: { requests: { cpu: 500m } }, containers: [{ name: a, image: a }] }'),
      object('v1', 'Pod', 'b', 'spec: { resources: { requests: { cpu: 500m } }, containers: [{ name: a, image: a }] }'),
    ],
  ],
])('says nothing of %s', async (_what, objects) => {
  expect(await said(objects.join('---\n'))).toEqual([])
})

it('names a kind that is called like something that every map has, and goes on', async () => {
  const problems = await planned(object('v1', 'constructor', 'a'))
  expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('constructor')])
})
