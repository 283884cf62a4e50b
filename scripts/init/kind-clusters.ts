import { parse } from 'yaml'
import { isOldWay } from '../../config/check/containerd-patches.ts'
import { listAt, valueAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { File, FoundKind, FoundNode } from './found.ts'
import { filledAt, readYaml, textOf } from './read-yaml.ts'

const readable = /\.(?:ya?ml|json)$/i

/** The document that `kind create cluster --config` of this folder takes: the one nearest to the top. */
export const findKind = (files: readonly File[]): FoundKind | undefined => {
  const found = files
    .filter((file) => readable.test(file.path) && textOf(file).includes('kind.x-k8s.io/'))
    .map((file) => ({ file, content: readYaml(file) }))
    .filter(({ content }) => filledAt(content, 'kind') === 'Cluster' && isRecord(content))
    .toSorted((a, b) => a.file.path.split('/').length - b.file.path.split('/').length)
  const [first] = found
  if (!first || !isRecord(first.content)) return undefined
  const { name, nodes, kind: _kind, apiVersion: _apiVersion, ...whole } = first.content
  const seen = listAt(nodes).map(nodeOf)
  const { rest, registries } = withoutRegistries(whole)
  return {
    file: first.file.path,
    others: found.slice(1).map(({ file }) => file.path),
    ...(typeof name === 'string' ? { name } : {}),
    nodes: seen.map(({ node }) => node),
    rest,
    left: [...new Set(seen.flatMap(({ left }) => left))],
    ...(registries === undefined ? {} : { registries }),
  }
}

/** Another program's registry is not there, and containerd takes no other beside one that is told of in the old way. */
const withoutRegistries = (
  whole: Readonly<Record<string, unknown>>,
): { readonly rest: Readonly<Record<string, unknown>>; readonly registries?: string } => {
  const key = 'containerdConfigPatches'
  const { [key]: _all, ...others } = whole
  const kept = listAt(whole, key).filter((patch) => typeof patch !== 'string' || !isOldWay(patch))
  if (kept.length === listAt(whole, key).length) return { rest: whole }
  return { rest: kept.length === 0 ? others : { ...others, [key]: kept }, registries: key }
}

const nodeOf = (node: unknown): { readonly node: FoundNode; readonly left: readonly string[] } => {
  const patches = listAt(node, 'kubeadmConfigPatches')
  const patched = patches.map(labelsOfPatch)
  const known = new Set(['role', 'labels', 'extraPortMappings', 'extraMounts', 'kubeadmConfigPatches'])
  const written = isRecord(node) ? Object.keys(node).filter((key) => !known.has(key)) : []
  return {
    node: {
      role: filledAt(node, 'role') === 'worker' ? 'worker' : 'control-plane',
      labels: {
        ...Object.assign({}, ...patched.map((labels) => labels ?? {})),
        ...textsOf(valueAt(node, 'labels')),
      },
      ports: listAt(node, 'extraPortMappings').flatMap(portOf),
      mounts: listAt(node, 'extraMounts').flatMap(mountOf),
    },
    left: [...written, ...(patched.includes(undefined) ? ['kubeadmConfigPatches'] : [])],
  }
}

const textsOf = (labels: unknown): Readonly<Record<string, string>> =>
  isRecord(labels) ? Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])) : {}

/** Labels are what nearly all patches of a kubelet's arguments are about; undefined for one that is about more. */
const labelsOfPatch = (patch: unknown): Readonly<Record<string, string>> | undefined => {
  try {
    const content = parse(String(patch), { logLevel: 'silent' }) as unknown
    const labels = filledAt(content, 'nodeRegistration', 'kubeletExtraArgs', 'node-labels')
    const others = isRecord(content)
      ? Object.keys(content).filter((key) => !['kind', 'apiVersion', 'nodeRegistration'].includes(key))
      : []
    if (labels === undefined || others.length > 0) return undefined
    return Object.fromEntries(labels.split(',').map((label) => [label.split('=')[0] ?? '', label.split('=')[1] ?? '']))
  } catch {
    return undefined
  }
}

/** `[address:]host:node[/protocol]`. An address that means every one of the machine is left out: kindup's ports are local. */
const portOf = (mapping: unknown): readonly string[] => {
  const [host, node] = [valueAt(mapping, 'hostPort'), valueAt(mapping, 'containerPort')]
  if (typeof node !== 'number') return []
  const address = filledAt(mapping, 'listenAddress')
  const isEvery = address === undefined || address === '0.0.0.0' || address === '::'
  const protocol = (filledAt(mapping, 'protocol') ?? 'TCP').toLowerCase()
  return [
    `${isEvery ? '' : `${address.includes(':') ? `[${address}]` : address}:`}${typeof host === 'number' ? host : 0}:${node}${protocol === 'tcp' ? '' : `/${protocol}`}`,
  ]
}

const mountOf = (mount: unknown): readonly string[] => {
  const [host, node] = [filledAt(mount, 'hostPath'), filledAt(mount, 'containerPath')]
  return host === undefined || node === undefined
    ? []
    : [`${host}:${node}${valueAt(mount, 'readOnly') === true ? ':ro' : ''}`]
}
