import { resolve } from 'node:path'
import type { AddonConfig, Config, ImageConfig, NodeConfig, Taint } from '../../config/config.ts'

/** A configuration for tests of what takes one: the parts that matter are given, and a place is its path. */
export const madeConfig = (parts: Partial<Config> & { nodes?: readonly NodeConfig[] } = {}): Config => {
  const { nodes = [madeNode('control-plane')], ...rest } = parts
  const folder = rest.folder ?? '/nowhere'
  return {
    name: 'demo',
    file: resolve(folder, 'kindup.yaml'),
    folder,
    cluster: { engine: 'auto', nodes, onPortConflict: 'fail', mirrors: [], kind: {} },
    tools: { kind: 'auto', kubectl: 'auto', helm: 'auto' },
    addons: [],
    crds: [],
    images: [],
    secrets: [],
    environments: [],
    services: [],
    hosts: { mode: 'none', file: '/etc/hosts', extra: [] },
    at: (path) => ({ file: path.join('.') }),
    ...rest,
  }
}

/** A node; `ports` are written as in the file: `8080:80`, `127.0.0.1` and tcp. */
export const madeNode = (
  role: NodeConfig['role'],
  {
    labels = {},
    ports = [],
    taints = [],
  }: { labels?: NodeConfig['labels']; ports?: readonly string[]; taints?: readonly Taint[] } = {},
): NodeConfig => ({
  role,
  labels,
  taints,
  mounts: [],
  ports: ports.map((text) => {
    const [hostPort = 0, nodePort = 0] = text.split(':').map(Number)
    return { address: '127.0.0.1', hostPort, nodePort, protocol: 'tcp' }
  }),
})

export const madeSection = (name: string, parts: Partial<AddonConfig> = {}): AddonConfig => ({
  name,
  values: [],
  set: {},
  needs: [],
  ...parts,
})

export const madeImage = (key: string, parts: Partial<ImageConfig> = {}): ImageConfig => ({
  key,
  name: key,
  tag: 'hash',
  ...parts,
})
