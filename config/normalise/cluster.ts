import { resolve } from 'node:path'
import { mapsAt, textAt } from '../../core/fields.ts'
import type { AddonConfig, ClusterConfig, MirrorConfig, NodeConfig, PortConfig, RegistryConfig } from '../config.ts'
import { builtinAddons } from '../builtin-addons.ts'
import { parseMount } from '../parse/mount.ts'
import { parsePorts, portsClash } from '../parse/port.ts'
import { parseTaint } from '../parse/taint.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import { replaceAt } from '../value-at.ts'
import type { FileCluster } from '../schema/file.ts'
import type { Scope } from './scope.ts'

type FileNode = NonNullable<FileCluster['nodes']>[number]

const bare = (role: NodeConfig['role']): NodeConfig => ({ role, labels: {}, taints: [], ports: [], mounts: [] })

/** The section `cluster` with its nodes written out. */
export const normaliseCluster = (file: FileCluster, scope: Scope): ClusterConfig => {
  const { findings } = scope
  if (file.nodes !== undefined && file.workers !== undefined) {
    findings.error({
      path: ['cluster', 'workers'],
      key: true,
      message: `cluster.workers is ${file.workers}, and cluster.nodes lists the nodes already.`,
      hint: 'Keep one of the two.',
    })
  }
  if (file.nodes !== undefined && !file.nodes.some((node) => node.role === 'control-plane')) {
    findings.error({
      path: ['cluster', 'nodes'],
      message: 'cluster.nodes has no control plane.',
      hint: 'Add one: - role: control-plane',
    })
  }
  // Its nodes are asked for; those of the file are refused by `checkExisting`.
  if (file.context !== undefined)
    return {
      context: file.context,
      engine: file.engine ?? 'auto',
      nodes: [],
      onPortConflict: 'fail',
      mirrors: [],
      kind: {},
    }
  const kubernetes = kubernetesVersion(file.kubernetes, scope)
  return {
    ...(kubernetes === undefined ? {} : { kubernetes }),
    engine: file.engine ?? 'auto',
    nodes: file.nodes?.map((node, index) => normaliseNode(node, index, scope)) ?? [
      bare('control-plane'),
      ...Array.from({ length: file.workers ?? 0 }, () => bare('worker')),
    ],
    onPortConflict: file.onPortConflict ?? 'fail',
    ...(file.registry === undefined || file.registry === false ? {} : { registry: normaliseRegistry(file.registry) }),
    mirrors: normaliseMirrors(file.mirrors ?? false, scope),
    kind: mountsFrom(scope.folder, file.kind ?? {}),
  }
}

/** kind would start relative paths where the command was run. */
const mountsFrom = (folder: string, kind: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const whole = structuredClone(kind)
  for (const mount of mapsAt(whole, 'nodes').flatMap((node) => mapsAt(node, 'extraMounts'))) {
    const host = textAt(mount, 'hostPath')
    if (host !== undefined && host !== '') replaceAt(mount, ['hostPath'], resolve(folder, host))
  }
  return whole
}

const normaliseRegistry = (written: NonNullable<FileCluster['registry']>): RegistryConfig => {
  const { port = 5001, keep = false } = typeof written === 'boolean' ? {} : written
  return { port, keep }
}

/** The registries that the add-ons, kind and most charts pull from. */
const usualUpstreams = ['docker.io', 'ghcr.io', 'quay.io', 'registry.k8s.io']

const normaliseMirrors = (
  mirrors: NonNullable<FileCluster['mirrors']>,
  { findings }: Scope,
): readonly MirrorConfig[] => {
  if (typeof mirrors === 'boolean') return mirrors ? usualUpstreams.map((upstream) => ({ upstream })) : []
  const seen = new Set<string>()
  return mirrors.flatMap((entry, index): readonly MirrorConfig[] => {
    const path: Path = ['cluster', 'mirrors', index]
    const { upstream: written, username, password } = typeof entry === 'string' ? { upstream: entry } : entry
    const upstream = written.replace(/^https?:\/\//, '')
    const http = written.startsWith('http://') ? { http: true as const } : {}
    const complain = (message: string, hint: string): readonly MirrorConfig[] => {
      findings.error({ path, message: `${showPath(path)}: ${message}`, hint })
      return []
    }
    const [host = '', port] = upstream.split(/:(?=\d+$)/)
    if (!host.split('.').every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part)) || Number(port ?? 1) > 65_535)
      return complain(`${JSON.stringify(written)} is no host of a registry.`, 'For example: docker.io')
    if (/^(localhost|127\.\d+\.\d+\.\d+)(:|$)/.test(upstream))
      return complain(
        `${upstream} is the mirror's own container where it runs.`,
        'Name the registry as other machines do; the local one needs no mirror.',
      )
    if (seen.has(upstream)) return complain(`${upstream} is there twice.`, 'Keep one of the two.')
    seen.add(upstream)
    if (username === undefined && password === undefined) return [{ upstream, ...http }]
    if ((username === undefined || password === undefined) && !findings.intact(path)) return []
    if (username === undefined || password === undefined)
      return complain(
        `${upstream} has a ${username === undefined ? 'password' : 'username'} alone.`,
        'Write both, or neither.',
      )
    return [{ upstream, ...http, credentials: { username, password } }]
  })
}

const kubernetesVersion = (written: string | undefined, { findings }: Scope): string | undefined => {
  if (written === undefined || /[/:@]/.test(written)) return written
  if (/^v?\d+\.\d+(\.\d+)?$/.test(written)) return written.replace(/^v/, '')
  findings.error({
    path: ['cluster', 'kubernetes'],
    message: `cluster.kubernetes is ${JSON.stringify(written)}: that is no version.`,
    hint: 'Write a minor version ("1.36"), a full one ("1.36.4"), or a node image ("kindest/node:v1.36.4").',
  })
  return undefined
}

const normaliseNode = (node: FileNode, index: number, { folder, findings }: Scope): NodeConfig => {
  const each = <T>(key: 'taints' | 'ports' | 'mounts', parse: (text: string) => T | readonly T[] | string): T[] =>
    (node[key] ?? []).flatMap((text, position) => {
      const parsed = parse(text)
      if (typeof parsed !== 'string') return parsed
      const path: Path = ['cluster', 'nodes', index, key, position]
      findings.error({
        path,
        message: `${showPath(path)} is ${JSON.stringify(text)}: ${parsed}${parsed.endsWith('?') ? '' : '.'}`,
      })
      return []
    })
  return {
    role: node.role,
    labels: node.labels ?? {},
    taints: each('taints', parseTaint),
    ports: each('ports', parsePorts),
    mounts: each('mounts', (text) => parseMount(text, folder)),
  }
}

const webPorts: readonly PortConfig[] = [80, 443].map((port) => ({
  address: '127.0.0.1',
  hostPort: port,
  nodePort: port,
  protocol: 'tcp',
}))

/** Maps ports 80 and 443 on the first control plane where an add-on brings an ingress controller and no node maps its port 80. */
export const mapIngressPorts = (
  nodes: readonly NodeConfig[],
  addons: readonly AddonConfig[],
  { findings }: Scope,
): readonly NodeConfig[] => {
  const ingress = addons.find(({ name }) => builtinAddons[name]?.ingress === true)
  const mapped = nodes.flatMap(({ ports }) => ports)
  if (ingress === undefined || mapped.some(({ nodePort, protocol }) => nodePort === 80 && protocol === 'tcp'))
    return nodes
  const first = nodes.findIndex(({ role }) => role === 'control-plane')
  for (const port of webPorts) {
    if (mapped.some((other) => portsClash(port, other))) {
      findings.error({
        path: ['addons', ingress.name],
        key: true,
        message: `addons.${ingress.name} needs a host port that leads to port 80 of a node, and the file uses host port ${port.hostPort} for something else.`,
        hint: 'Name the ports of the ingress on one node: ports: ["8080:80", "8443:443"]',
      })
    }
  }
  return nodes.map((node, index) => (index === first ? { ...node, ports: [...node.ports, ...webPorts] } : node))
}
