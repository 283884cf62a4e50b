import { z } from 'zod'
import { engineNames } from '../engine-names.ts'
import { labels, port, texts } from './text.ts'

const node = z.strictObject({
  role: z
    .enum(['control-plane', 'worker'])
    .meta({ description: 'What the node is.', examples: ['control-plane', 'worker'] }),
  labels: labels()
    .meta({
      description: 'Kubernetes labels of the node; `placement` chooses nodes by them.',
      examples: [{ tier: 'backend' }],
    })
    .exactOptional(),
  taints: texts()
    .meta({
      description:
        'Taints, as `key=value:Effect` or `key:Effect`; the effect is NoSchedule, PreferNoSchedule or NoExecute.',
      examples: [['dedicated=infra:NoSchedule']],
    })
    .exactOptional(),
  ports: texts()
    .meta({
      description:
        'Ports of this machine that lead to ports of the node, as `[address:]host:node[/protocol]`, or ranges of the same length: `3000-3005:3000-3005`. The address is 127.0.0.1 unless said; host port 0 takes any free one.',
      examples: [['80:80', '443:443', '3002:30432']],
    })
    .exactOptional(),
  mounts: texts()
    .meta({
      description: 'Folders and files of this machine that the node sees, as `host:node[:ro]`.',
      examples: [['./data:/data:ro']],
    })
    .exactOptional(),
})

const registry = z.strictObject({
  port: port()
    .meta({ description: 'Port of this machine that the registry answers on.', examples: [5001] })
    .exactOptional(),
  keep: z
    .boolean()
    .meta({ description: 'Leave the registry and its images when the cluster goes.', default: false })
    .exactOptional(),
})

const mirror = z.strictObject({
  upstream: z
    .string()
    .min(1)
    .meta({
      description: 'Host of the registry that is cached; `http://` stands before one that speaks no TLS.',
      examples: ['ghcr.io'],
    }),
  username: z
    .string()
    .min(1)
    .meta({ description: 'Who asks the upstream.', examples: ['${GHCR_USER}'] })
    .exactOptional(),
  password: z
    .string()
    .min(1)
    .meta({ description: 'The password or token.', examples: ['${GHCR_TOKEN}'], writeOnly: true })
    .exactOptional(),
})

/** The section `cluster`. */
export const cluster = z.strictObject({
  context: z
    .string()
    .min(1)
    .meta({
      description:
        'A context of your kubeconfig: the cluster that it leads to is used, and none is made. Never the current one by itself. Keys of a cluster that is made (`nodes`, `kubernetes`, `registry` …) do not go with it.',
      examples: ['k3d-dev', 'staging'],
    })
    .exactOptional(),
  kubernetes: z
    .string()
    .min(1)
    .meta({
      description:
        "Kubernetes version: a minor version, a full version, or a node image reference. In quotes. kind's own default if left out.",
      examples: ['1.36', '1.36.4'],
    })
    .exactOptional(),
  engine: z
    .enum(['auto', ...engineNames])
    .meta({
      description: 'The container engine that runs the nodes; `auto` takes the first that answers.',
      default: 'auto',
    })
    .exactOptional(),
  nodes: z
    .array(node)
    .min(1)
    .meta({
      description: 'The nodes, at least one of them a control plane. One control plane if left out.',
      examples: [[{ role: 'control-plane' }, { role: 'worker', labels: { tier: 'backend' } }]],
    })
    .exactOptional(),
  workers: z
    .int()
    .min(0)
    .max(99)
    .meta({ description: 'Short for a control plane and this many workers; instead of `nodes`.', examples: [2] })
    .exactOptional(),
  onPortConflict: z
    .enum(['fail', 'fallback'])
    .meta({
      description: 'What to do when a host port is taken: stop, or take another one and say which.',
      default: 'fail',
    })
    .exactOptional(),
  registry: z
    .union([z.boolean(), registry])
    .meta({
      description: 'A registry beside the cluster, `localhost:PORT` on this machine and on the nodes.',
      default: false,
    })
    .exactOptional(),
  mirrors: z
    .union([z.boolean(), z.array(z.union([z.string().min(1), mirror]))])
    .meta({
      description:
        'Pull-through caches of registries that outlive clusters: `true` for the usual public ones, or a list. One with a username and password is a cache of this cluster alone and goes with it.',
      default: false,
      examples: [['docker.io', 'quay.io']],
    })
    .exactOptional(),
  kind: z
    .record(z.string(), z.unknown())
    .meta({
      description: 'Raw keys of a kind v1alpha4 Cluster, merged last: maps merge, lists are appended.',
      examples: [{ networking: { ipFamily: 'dual' } }],
    })
    .exactOptional(),
})

const tool = () =>
  z
    .string()
    .regex(
      /^(auto|path|download|v?\d+\.\d+\.\d+(-[\w.]+)?)$/,
      'write auto, path, download or an exact version such as "1.2.3"',
    )
    .meta({
      description:
        '`auto` takes the one on PATH if it is recent enough and downloads one otherwise; `path`; `download`; or an exact version.',
      default: 'auto',
      examples: ['1.2.3'],
    })
    .exactOptional()

/** The section `tools`. */
export const tools = z.strictObject({ kind: tool(), kubectl: tool(), helm: tool() })
