import gte from 'semver/functions/gte.js'
import { stringify } from 'yaml'
import { certsFolder } from '../../config/certs-folder.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Config, NodeConfig, PortConfig, Taint } from '../../config/config.ts'
import { versionOfNodeImage } from './node-images.ts'

/** What the document depends on beyond the file. */
export type CheckDependencies = {
  /** Undefined leaves the choice to kind. */
  readonly image?: string | undefined
  readonly cgroupVersion: 1 | 2
  /** The engine is on another machine: nothing that is bound to its own 127.0.0.1 is reached from here. */
  readonly isElsewhere?: boolean
}

/** The kind v1alpha4 document of a cluster, as YAML. */
export const kindDocument = (config: Config, dependencies: CheckDependencies): string => {
  const { nodes, kind } = config.cluster
  const document = {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: nodes.map((node) => nodeDocument(node, dependencies)),
    ...(dependencies.isElsewhere ? { networking: { apiServerAddress: anywhere } } : {}),
    ...(needsCgroupPatch(dependencies) ? { kubeadmConfigPatches: [cgroupPatch] } : {}),
    ...(hasRegistries(config) ? { containerdConfigPatches: [certsPatch] } : {}),
  }
  return stringify(merged(document, kind), { lineWidth: 0 })
}

/**
 * kubelets refuse cgroup v1 by default from Kubernetes 1.35 on. The field is known to kubelets from 1.31 on, which is
 * older than any default of the kinds that are supported: it does no harm where the version cannot be told.
 */
export const needsCgroupPatch = ({ image, cgroupVersion }: CheckDependencies): boolean => {
  if (cgroupVersion !== 1) return false
  const version = versionOfNodeImage(image ?? '')
  return version === undefined || gte(version, '1.35.0')
}

const cgroupPatch = stringify({ kind: 'KubeletConfiguration', failCgroupV1: false })

const hasRegistries = ({ cluster }: Config): boolean => Boolean(cluster.registry) || cluster.mirrors.length > 0

/**
 * containerd looks into a folder that it was not told of only from 2.2 on, and no node image of kind tells it one: those
 * of kind 0.30 and older (Kubernetes 1.34.0) would not look, whatever their tag says. Every image is told, because one
 * folder that is named means the same to all of them. Under both names of the section: configurations of version 2,
 * which is kind's, have the first, those of version 3 the second, and what is not known is passed over.
 */
const certsPatch = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images']
  .map((plugin) => `[plugins."${plugin}".registry]\n  config_path = "${certsFolder}"\n`)
  .join('')

const anywhere = '0.0.0.0'

const nodeDocument = (node: NodeConfig, { image, isElsewhere = false }: CheckDependencies): object => ({
  role: node.role,
  ...(image === undefined ? {} : { image }),
  ...(Object.keys(node.labels).length > 0 ? { labels: node.labels } : {}),
  ...(node.ports.length > 0 ? { extraPortMappings: node.ports.map((port) => portDocument(port, isElsewhere)) } : {}),
  ...(node.mounts.length > 0
    ? {
        extraMounts: node.mounts.map(({ hostPath, nodePath, readOnly }) => ({
          hostPath,
          containerPath: nodePath,
          ...(readOnly ? { readOnly } : {}),
        })),
      }
    : {}),
  ...(node.taints.length > 0 ? { kubeadmConfigPatches: taintPatches(node) } : {}),
})

const portDocument = ({ address, hostPort, bound, nodePort, protocol }: PortConfig, isElsewhere: boolean): object => ({
  containerPort: nodePort,
  hostPort: bound ?? hostPort,
  listenAddress: isElsewhere && address === '127.0.0.1' ? anywhere : address,
  protocol: protocol.toUpperCase(),
})

/**
 * kind has no field for taints. Only the first control plane is initialised, every other node joins, and a patch for
 * the kind that a node does not use does nothing.
 */
const taintPatches = ({ role, taints }: NodeConfig): readonly string[] => {
  // Taints that are given replace kubeadm's own; kind takes that one away from a single node, and fails if it is not there.
  const own: readonly Taint[] =
    role === 'control-plane'
      ? [{ key: 'node-role.kubernetes.io/control-plane', value: '', effect: 'NoSchedule' }, ...taints]
      : taints
  const nodeRegistration = {
    taints: own.map(({ key, value, effect }) => ({ key, ...(value === '' ? {} : { value }), effect })),
  }
  const kinds = role === 'control-plane' ? ['InitConfiguration', 'JoinConfiguration'] : ['JoinConfiguration']
  return kinds.map((kind) => stringify({ kind, nodeRegistration }))
}

/** Maps merge, lists append, anything else is replaced. */
const merged = (below: unknown, above: unknown): unknown => {
  if (Array.isArray(below) && Array.isArray(above)) return [...(below as unknown[]), ...(above as unknown[])]
  if (isRecord(below) && isRecord(above))
    return Object.fromEntries(
      [...new Set([...Object.keys(below), ...Object.keys(above)])].map((key) => [
        key,
        key in below && key in above ? merged(below[key], above[key]) : key in above ? above[key] : below[key],
      ]),
    )
  return above
}
