import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { kindDocument } from '../../../../cluster/kind/document.ts'
import type { Config, NodeConfig } from '../../../../config/config.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'

type Document = { nodes: Record<string, unknown>[]; kubeadmConfigPatches?: string[]; [key: string]: unknown }

const document = (
  nodes: readonly NodeConfig[],
  dependencies: Partial<Parameters<typeof kindDocument>[1]> = {},
  kind: Config['cluster']['kind'] = {},
): Document =>
  parse(
    kindDocument(madeConfig({ cluster: { engine: 'auto', nodes, onPortConflict: 'fail', mirrors: [], kind } }), {
      cgroupVersion: 2,
      ...dependencies,
    }),
  ) as Document

const patchesOf = (node: Document['nodes'][number] | undefined): unknown[] =>
  ((node?.['kubeadmConfigPatches'] ?? []) as string[]).map((patch) => parse(patch) as unknown)

const controlPlane = madeNode('control-plane')

const patchesFor = (parts: Partial<Config['cluster']>, image?: string): readonly string[] => {
  const cluster = { engine: 'auto', nodes: [controlPlane], onPortConflict: 'fail', mirrors: [], kind: {} } as const
  const config = madeConfig({ cluster: { ...cluster, ...parts } })
  const made = parse(kindDocument(config, { image, cgroupVersion: 2 })) as { containerdConfigPatches?: string[] }
  return made.containerdConfigPatches ?? []
}

const dedicated = { key: 'dedicated', value: 'infra', effect: 'NoSchedule' } as const

describe('kindDocument', () => {
  it('says only what the file says', () => {
    expect(document([controlPlane])).toEqual({
      kind: 'Cluster',
      apiVersion: 'kind.x-k8s.io/v1alpha4',
      nodes: [{ role: 'control-plane' }],
    })
  })

  it('gives every node image, labels, ports on their address, and mounts', () => {
    const worker: NodeConfig = {
      ...madeNode('worker', { labels: { tier: 'a' }, ports: ['8080:80'] }),
      mounts: [
        { hostPath: '/here', nodePath: '/there', readOnly: true },
        { hostPath: '/b', nodePath: '/c', readOnly: false },
      ],
    }
    expect(document([controlPlane, worker], { image: 'kindest/node:v1.36.2' }).nodes).toEqual([
      { role: 'control-plane', image: 'kindest/node:v1.36.2' },
      {
        role: 'worker',
        image: 'kindest/node:v1.36.2',
        labels: { tier: 'a' },
        extraPortMappings: [{ containerPort: 80, hostPort: 8080, listenAddress: '127.0.0.1', protocol: 'TCP' }],
        extraMounts: [
          { hostPath: '/here', containerPath: '/there', readOnly: true },
          { hostPath: '/b', containerPath: '/c' },
        ],
      },
    ])
  })

  it('binds the ports it is given in place of those of the file', () => {
    const port = { address: '127.0.0.1', hostPort: 80, bound: 8080, nodePort: 80, protocol: 'tcp' as const }
    const [node] = document([{ ...madeNode('control-plane'), ports: [port] }]).nodes
    expect(node?.['extraPortMappings']).toEqual([
      { hostPort: 8080, containerPort: 80, listenAddress: '127.0.0.1', protocol: 'TCP' },
    ])
  })

  it('binds to every address of a machine elsewhere, because its 127.0.0.1 is not reached from here', () => {
    const chosen = { address: '10.0.0.7', hostPort: 443, nodePort: 443, protocol: 'tcp' as const }
    const node = madeNode('control-plane', { ports: ['80:80'] })
    const written = document([{ ...node, ports: [...node.ports, chosen] }], { isElsewhere: true })
    expect(written.nodes[0]?.['extraPortMappings']).toMatchObject([
      { listenAddress: '0.0.0.0' },
      { listenAddress: '10.0.0.7' },
    ])
    expect(written).toMatchObject({ networking: { apiServerAddress: '0.0.0.0' } })
  })

  it('taints a worker where it joins', () => {
    const [, worker] = document([controlPlane, madeNode('worker', { taints: [dedicated] })]).nodes
    expect(patchesOf(worker)).toEqual([{ kind: 'JoinConfiguration', nodeRegistration: { taints: [dedicated] } }])
  })

  it("keeps kubeadm's own taint of a control plane, which a given list replaces and kind removes from a single node", () => {
    const [node] = document([madeNode('control-plane', { taints: [{ ...dedicated, value: '' }] })]).nodes
    const taints = [
      { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
      { key: 'dedicated', effect: 'NoSchedule' },
    ]
    expect(patchesOf(node)).toEqual([
      { kind: 'InitConfiguration', nodeRegistration: { taints } },
      { kind: 'JoinConfiguration', nodeRegistration: { taints } },
    ])
  })

  it.each([
    ['kindest/node:v1.35.0@sha256:abc', 1, true],
    ['kindest/node:v1.36.2', 1, true],
    ['mirror.example/own-node:latest', 1, true],
    [undefined, 1, true],
    ['kindest/node:v1.34.9', 1, false],
    ['kindest/node:v1.36.2', 2, false],
  ] as const)('with image %s on cgroup v%i: patched is %s', (image, cgroupVersion, patched) => {
    const patches = (document([controlPlane], { image, cgroupVersion }).kubeadmConfigPatches ?? []).map(
      (patch) => parse(patch) as unknown,
    )
    expect(patches).toEqual(patched ? [{ kind: 'KubeletConfiguration', failCgroupV1: false }] : [])
  })

  it.each([
    // containerd 1.7, 2.0, 2.1 and 2.3, and one that nobody knows.
    { image: 'kindest/node:v1.32.0@sha256:00' },
    { image: 'kindest/node:v1.32.2' },
    { image: 'kindest/node:v1.34.0' },
    { image: 'kindest/node:v1.37.0' },
    { image: 'mine/node:latest' },
    { image: undefined },
  ])('tells the containerd of every image where to look for registries: $image', ({ image }) => {
    const [patch = '', ...more] = patchesFor({ mirrors: [{ upstream: 'docker.io' }] }, image)
    // Both names of the section: that of configurations of version 2, which is kind's, and that of version 3.
    for (const plugin of ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images'])
      expect(patch).toContain(`[plugins."${plugin}".registry]\n  config_path = "/etc/containerd/certs.d"\n`)
    expect(more).toEqual([])
  })

  it('lets the containerd patches of the file come after its own, and has none without a registry', () => {
    const kind = { containerdConfigPatches: ['[debug]\n  level = "debug"\n'] }
    expect(patchesFor({ registry: { port: 5001, keep: false }, kind }).slice(1)).toEqual(kind.containerdConfigPatches)
    expect(patchesFor({})).toEqual([])
  })

  it('merges raw keys last: maps merge, lists append, the rest is replaced', () => {
    const raw = {
      networking: { ipFamily: 'dual' },
      nodes: [{ role: 'worker' }],
      kubeadmConfigPatches: ['kind: ClusterConfiguration'],
      apiVersion: 'kind.x-k8s.io/v1alpha5',
    }
    const made = document([controlPlane], { cgroupVersion: 1 }, raw)
    expect(made).toMatchObject({
      apiVersion: 'kind.x-k8s.io/v1alpha5',
      networking: { ipFamily: 'dual' },
      nodes: [{ role: 'control-plane' }, { role: 'worker' }],
    })
    expect(made.kubeadmConfigPatches).toHaveLength(2)
    expect(made.kubeadmConfigPatches?.[1]).toBe('kind: ClusterConfiguration')
  })
})
