import { describe, expect, it } from 'vitest'
import { findKind } from '../../../../scripts/init/kind-clusters.ts'
import { listFiles } from '../../../../scripts/init/list-files.ts'
import { tree } from '../../../support/tree.ts'

const seen = (files: Readonly<Record<string, string>>) => {
  using at = tree(files)
  return findKind(listFiles(at.folder).files)
}
const head = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n'

describe('a configuration of kind', () => {
  it('is the one nearest to the top, and the others are named', () => {
    expect(seen({ 'a/b/kind.yaml': head, 'ci/kind.yaml': `${head}name: shop\n` })).toMatchObject({
      file: 'ci/kind.yaml',
      name: 'shop',
      nodes: [],
      others: ['a/b/kind.yaml'],
    })
  })
  it('tells of labels, whoever sets them, ports on this machine, mounts, and the keys of the whole', () => {
    const patch =
      'kubeadmConfigPatches: ["kind: JoinConfiguration\\nnodeRegistration: { kubeletExtraArgs: { node-labels: a=1 } }"]'
    const found = seen({
      'kind.yaml': `${head}featureGates: { X: true }\nnodes:\n- { role: worker, ${patch}, labels: { b: 2 }, extraPortMappings: [{ containerPort: 80, listenAddress: 0.0.0.0 }, { containerPort: 53, hostPort: 53, listenAddress: "::1", protocol: udp }], extraMounts: [{ hostPath: /a, containerPath: /b, readOnly: true }] }\n`,
    })
    expect(found).toMatchObject({
      rest: { featureGates: { X: true } },
      left: [],
      nodes: [{ role: 'worker', labels: { a: '1', b: '2' }, ports: ['0:80', '[::1]:53:53/udp'], mounts: ['/a:/b:ro'] }],
    })
  })
  it('is not taken over in full in silence', () => {
    const found = seen({
      'kind.yaml': `${head}nodes: [{ role: control-plane, image: x, kubeadmConfigPatches: ["kind: ClusterConfiguration\\napiServer: {}"] }]\n`,
    })
    expect(found?.left).toEqual(['image', 'kubeadmConfigPatches'])
  })
  it('is taken over without a registry that containerd is told of in a way that takes no other beside', () => {
    const mirror =
      '[plugins."io.containerd.grpc.v1.cri".registry.mirrors."localhost:5000"]\n  endpoint = ["http://r:5000"]'
    const found = seen({
      'kind.yaml': `${head}containerdConfigPatches: ${JSON.stringify([mirror, 'version = 2'])}\n`,
      'b/kind.yaml': head,
    })
    expect(found).toMatchObject({
      rest: { containerdConfigPatches: ['version = 2'] },
      registries: 'containerdConfigPatches',
    })
    expect(seen({ 'kind.yaml': `${head}containerdConfigPatches: ["version = 2"]\n` })).not.toHaveProperty('registries')
  })
  it.each([
    'nodes: 1',
    'nodes: [1, null]',
    'kubeadmConfigPatches: [oh',
    'nodes: [{ labels: [a], extraPortMappings: [1] }]',
  ])('that is no valid one (%s) is no reason to fail', (text) => {
    expect(() => seen({ 'kind.yaml': `${head}${text}\n` })).not.toThrow()
  })
})
