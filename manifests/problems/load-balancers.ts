import { type Identity } from '../../core/identity.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Config } from '../../config/config.ts'
import { mapsAt, numberAt, textAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { isRoute } from '../kinds/listeners.ts'
import { isLoadBalancer } from '../transform/load-balancer.ts'

/** Services that would wait for an address, where nothing else makes them reachable: each with the lines that do. `documents` are as rendered. */
export const loadBalancerProblems = (
  deployable: Deployable,
  documents: readonly RenderedObject[],
  config: Config,
): readonly Problem[] => {
  const { id, of, expose } = deployable
  // Add-ons have no `expose`, and those of kindup's own know why they are as they are.
  if (of.kind !== 'service') return []
  const reached = new Set([
    ...expose.map(({ service }) => service),
    ...documents.flatMap(({ object }) => backends(object)),
  ])
  const mapped = new Set(config.cluster.nodes.flatMap(({ ports }) => ports.map(({ nodePort }) => nodePort)))
  const lost = documents.filter(
    ({ object }) =>
      isLoadBalancer(object) &&
      !reached.has(object.metadata.name) &&
      !portsOf(object).some(({ nodePort }) => nodePort !== undefined && mapped.has(nodePort)),
  )
  const lines = lost.map(({ object }) => exposeLine(object, of))
  return lost.map(({ object, at }) => ({
    severity: 'warning',
    step: id,
    at,
    message: `Service ${object.metadata.name} is a LoadBalancer, and nothing in a kind cluster gives it an address: it becomes a ClusterIP, which nothing leads to from here.`,
    hint: `Add to ${of.kind} ${of.name}:\nexpose:\n${lines.join('\n')}`,
  }))
}

type Port = { readonly port: number | undefined; readonly nodePort: number | undefined; readonly name: string }

const portsOf = (object: KubeObject): readonly Port[] =>
  mapsAt(object, 'spec', 'ports').map((port) => ({
    port: numberAt(port, 'port'),
    nodePort: numberAt(port, 'nodePort'),
    name: textAt(port, 'name') ?? '',
  }))

/** The first port of a Service that a browser could want, or the first. */
export const webPortOf = (object: KubeObject): number | undefined => {
  const ports = portsOf(object)
  return (ports.find(({ name, port }) => name.startsWith('http') || port === 80) ?? ports[0])?.port
}

/** The line of `expose` that leads to a Service. */
export const exposeLine = (object: KubeObject, { environment }: Identity): string => {
  const port = webPortOf(object) ?? 80
  if (environment === undefined)
    return `  - { service: ${object.metadata.name}, port: ${port}, host: ${object.metadata.name}.localhost }`
  // The same lines serve every environment, those included that have theirs in the name.
  const name = object.metadata.name
    .split('-')
    .map((part) => (part === environment ? '{env}' : part))
    .join('-')
  const named = name.includes('{env}')
  return `  - { service: ${named ? `"${name}"` : name}, port: ${port}, host: "${name}.${named ? '' : '{env}.'}localhost" }`
}

/** Names of the Services that an Ingress or a route leads to. */
const backends = (object: KubeObject): readonly string[] => {
  if (isRoute(object))
    return mapsAt(object, 'spec', 'rules').flatMap((rule) =>
      mapsAt(rule, 'backendRefs').flatMap((ref) => textAt(ref, 'name') ?? []),
    )
  if (object.kind !== 'Ingress') return []
  const found: string[] = []
  const probe = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(probe)
    else if (isRecord(value))
      for (const [key, inner] of Object.entries(value))
        if (key === 'service' && isRecord(inner) && typeof inner['name'] === 'string') found.push(inner['name'])
        else probe(inner)
  }
  probe(object['spec'])
  return found
}
