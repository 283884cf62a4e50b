import { z } from 'zod'
import { texts } from './text.ts'

// kind decodes YAML, where a number or a truth value is a text too.
const scalars = () => z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

const patches6902 = () =>
  z
    .array(
      z.strictObject({
        group: z.string().meta({ description: 'Group of the objects that are patched.', examples: ['kubeadm.k8s.io'] }),
        version: z.string().meta({ description: 'Version of that group.', examples: ['v1beta3'] }),
        kind: z.string().meta({ description: 'Kind of the objects.', examples: ['ClusterConfiguration'] }),
        patch: z.string().meta({
          description: 'JSON 6902 operations, as text.',
          examples: ['- { op: add, path: /apiServer/certSANs/-, value: my-host }'],
        }),
      }),
    )
    .meta({
      description: 'JSON 6902 patches of what kubeadm is given.',
      examples: [[{ group: 'kubeadm.k8s.io', version: 'v1beta3', kind: 'ClusterConfiguration', patch: '[]' }]],
    })
    .exactOptional()

const kubeadmPatches = () =>
  texts()
    .meta({
      description: 'Merge patches of what kubeadm is given, as text; their `kind` says which document.',
      examples: [['kind: ClusterConfiguration\napiServer: { extraArgs: { v: "4" } }']],
    })
    .exactOptional()

const mount = z.strictObject({
  hostPath: z
    .string()
    .min(1)
    .meta({ description: 'What of this machine the node sees.', examples: ['./data'] }),
  containerPath: z
    .string()
    .regex(/^\//, 'write where it is in the node, from /')
    .meta({ description: 'Where the node sees it.', examples: ['/data'] }),
  readOnly: z.boolean().meta({ description: 'Whether nodes may not write there.', default: false }).exactOptional(),
  selinuxRelabel: z
    .boolean()
    .meta({ description: 'Whether its SELinux label is changed.', default: false })
    .exactOptional(),
  propagation: z
    .enum(['None', 'HostToContainer', 'Bidirectional'])
    .meta({ description: 'Which further mounts are seen on the other side.', default: 'None' })
    .exactOptional(),
})

const portMapping = z.strictObject({
  containerPort: z
    .int()
    .min(1)
    .max(65_535)
    .meta({ description: 'Port of the node.', examples: [30080] }),
  hostPort: z
    .int()
    .min(-1)
    .max(65_535)
    .meta({ description: 'Port of this machine; 0 and -1 take any free one.', examples: [8080] })
    .exactOptional(),
  listenAddress: z
    .union([z.ipv4(), z.ipv6()])
    .meta({ description: 'Address of this machine.', examples: ['127.0.0.1'] })
    .exactOptional(),
  protocol: z
    .string()
    .regex(/^(?:[Tt][Cc][Pp]|[Uu][Dd][Pp]|[Ss][Cc][Tt][Pp])$/, 'write TCP, UDP or SCTP')
    .meta({ description: 'TCP, UDP or SCTP.', default: 'TCP' })
    .exactOptional(),
})

const node = z.strictObject({
  role: z
    .enum(['control-plane', 'worker'])
    .meta({ description: 'What the node is.', default: 'control-plane' })
    .exactOptional(),
  image: z
    .string()
    .min(1)
    .meta({ description: 'Its node image.', examples: ['kindest/node:v1.36.4'] })
    .exactOptional(),
  labels: scalars()
    .meta({ description: 'Its labels.', examples: [{ tier: 'backend' }] })
    .exactOptional(),
  extraMounts: z
    .array(mount)
    .meta({
      description: 'Folders of this machine that it sees.',
      examples: [[{ hostPath: './data', containerPath: '/data' }]],
    })
    .exactOptional(),
  extraPortMappings: z
    .array(portMapping)
    .meta({
      description: 'Ports of this machine that lead to it.',
      examples: [[{ containerPort: 30080, hostPort: 8080 }]],
    })
    .exactOptional(),
  kubeadmConfigPatches: kubeadmPatches(),
  kubeadmConfigPatchesJSON6902: patches6902(),
})

const networking = z.strictObject({
  ipFamily: z
    .enum(['ipv4', 'ipv6', 'dual'])
    .meta({ description: 'Addresses of pods and Services.', default: 'ipv4' })
    .exactOptional(),
  apiServerPort: z
    .int()
    .min(-1)
    .max(65_535)
    .meta({ description: 'Port of this machine that the API answers on.', examples: [6443] })
    .exactOptional(),
  apiServerAddress: z
    .union([z.ipv4(), z.ipv6()])
    .meta({ description: 'Address of this machine that it answers on.', examples: ['127.0.0.1'] })
    .exactOptional(),
  podSubnet: z
    .string()
    .meta({ description: 'Addresses of pods; with `dual` two, with a comma.', examples: ['10.244.0.0/16'] })
    .exactOptional(),
  serviceSubnet: z
    .string()
    .meta({ description: 'Addresses of Services.', examples: ['10.96.0.0/16'] })
    .exactOptional(),
  disableDefaultCNI: z
    .boolean()
    .meta({ description: 'Leaves out kindnet, for a CNI of your own.', default: false })
    .exactOptional(),
  kubeProxyMode: z
    .enum(['iptables', 'nftables', 'ipvs', 'none'])
    .meta({ description: 'How kube-proxy leads to pods.', default: 'iptables' })
    .exactOptional(),
  dnsSearch: z
    .array(z.string())
    .meta({ description: 'Search domains of the nodes.', examples: [[]] })
    .exactOptional(),
})

/** What kind takes as `kind.x-k8s.io/v1alpha4` (kind's pkg/apis/config/v1alpha4): it refuses every other key. */
export const rawKind = z.strictObject({
  kind: z
    .literal('Cluster')
    .meta({ description: 'As in a file of kind.', examples: ['Cluster'] })
    .exactOptional(),
  apiVersion: z
    .literal('kind.x-k8s.io/v1alpha4')
    .meta({ description: 'As in a file of kind.', examples: ['kind.x-k8s.io/v1alpha4'] })
    .exactOptional(),
  name: z
    .string()
    .meta({ description: 'Nothing but what `name` says.', examples: ['offerfit'] })
    .exactOptional(),
  nodes: z
    .array(node)
    .meta({ description: 'Further nodes, beside those of `cluster.nodes`.', examples: [[{ role: 'worker' }]] })
    .exactOptional(),
  networking: networking
    .meta({ description: 'The network of the cluster.', examples: [{ ipFamily: 'dual' }] })
    .exactOptional(),
  featureGates: z
    .record(z.string(), z.boolean())
    .meta({ description: 'Feature gates of Kubernetes.', examples: [{ ImageVolume: true }] })
    .exactOptional(),
  runtimeConfig: scalars()
    .meta({ description: 'APIs that are served.', examples: [{ 'api/alpha': 'false' }] })
    .exactOptional(),
  kubeadmConfigPatches: kubeadmPatches(),
  kubeadmConfigPatchesJSON6902: patches6902(),
  containerdConfigPatches: texts()
    .meta({
      description: "Merge patches of containerd's configuration, as TOML.",
      examples: [['[plugins."io.containerd.grpc.v1.cri"]\n  max_container_log_line_size = -1']],
    })
    .exactOptional(),
  containerdConfigPatchesJSON6902: texts()
    .meta({
      description: 'JSON 6902 patches of the same, as JSON.',
      examples: [['[{ "op": "add", "path": "/debug", "value": {} }]']],
    })
    .exactOptional(),
})
