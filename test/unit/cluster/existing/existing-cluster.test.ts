import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { nameAlone } from '../../../../app/recorded.ts'
import { existingCluster } from '../../../../cluster/existing/existing-cluster.ts'
import { inspectExisting } from '../../../../cluster/existing/inspect.ts'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import type { Access } from '../../../../cluster/kind/access.ts'
import type { Kube } from '../../../../cluster/kube/kube.ts'

const kubeconfig = `
contexts: [{ name: kind-dev, context: { cluster: kind-dev } }]
clusters: [{ name: kind-dev, cluster: { server: "https://127.0.0.1:6443" } }]
`
const kube = {
  list: ({ kind }: { readonly kind: string }) =>
    Promise.resolve(
      kind === 'Node'
        ? [
            {
              kind: 'Node',
              apiVersion: 'v1',
              metadata: { name: 'dev-control-plane' },
              spec: { providerID: 'kind://docker/dev/dev-control-plane' },
            },
          ]
        : [],
    ),
  version: () => Promise.resolve('1.36.4'),
  get: () => Promise.resolve(undefined),
} as unknown as Kube

/** An engine that runs the one node, and maps a port of this machine to port 80 of it. */
const engineWith = (address: string, hostPort: number): Engine =>
  ({
    reach: () => Promise.resolve({}),
    containers: () =>
      Promise.resolve([
        {
          name: 'dev-control-plane',
          running: true,
          labels: { 'io.x-k8s.kind.cluster': 'dev', 'io.x-k8s.kind.role': 'control-plane' },
          ports: [{ address, hostPort, containerPort: 80, protocol: 'tcp' }],
        },
      ]),
  }) as unknown as Engine

let folder: string
let server: Server
let port: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-existing-'))
  await writeFile(join(folder, 'kubeconfig'), kubeconfig)
  server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(async () => {
  await new Promise((resolve) => void server.close(resolve))
  await rm(folder, { recursive: true })
})

it('knows the ports that lead to its Ingress where only its name is known', async () => {
  const { ports } = existingCluster({
    context: 'kind-dev',
    // `rollback` and `undeploy` go by what the cluster remembers.
    config: nameAlone({ name: 'guest', context: 'kind-dev' }, folder),
    access: { kube: () => Promise.resolve(kube) } as unknown as Access,
    engine: () => Promise.resolve(engineWith('127.0.0.1', port)),
    env: { KUBECONFIG: join(folder, 'kubeconfig') },
  } as unknown as Parameters<typeof existingCluster>[0])
  expect(await ports({} as never)).toEqual([{ address: '127.0.0.1', hostPort: port, nodePort: 80, protocol: 'tcp' }])
})

it.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
  ['192.0.2.7', '192.0.2.7'],
])('leads names to a port of %s by %s', async (bound, address) => {
  const seen = await inspectExisting({
    context: {
      name: 'kind-dev',
      file: '',
      clusterName: 'kind-dev',
      cluster: { server: 'https://127.0.0.1:6443' },
      user: {},
    },
    kube,
    engine: () => Promise.resolve(engineWith(bound, 8080)),
  })
  expect(seen).toMatchObject({
    images: 'sent',
    address,
    nodes: [{ ports: [{ address, hostPort: 8080, nodePort: 80 }] }],
  })
})
