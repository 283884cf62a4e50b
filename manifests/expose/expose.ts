import type { Config, ExposeConfig } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Deployable } from '../deployable.ts'
import { portOf, serviceOf } from './service.ts'

/**
 * The objects that make Services reachable as `expose` says: an Ingress for each host, a NodePort Service for each host
 * port. `objects` are those the deployable renders. Throws ConfigError with every problem at once.
 */
export const exposeObjects = (deployable: Deployable, objects: readonly KubeObject[], config: Config): KubeObject[] => {
  const problems: Problem[] = []
  const made = deployable.expose.flatMap((expose, index) => {
    const at = placeOf(deployable, index, config)
    const wrong = (message: string, hint?: string): [] => {
      problems.push({ message, at, severity: 'error', step: deployable.id, ...(hint === undefined ? {} : { hint }) })
      return []
    }
    return objectsFor(expose, { deployable, objects, config, wrong })
  })
  if (problems.length > 0)
    throw new ConfigError(`What ${deployable.id} exposes cannot be reached as the file says.`, { problems })
  return made
}

type Given = {
  readonly deployable: Deployable
  readonly objects: readonly KubeObject[]
  readonly config: Config
  wrong(message: string, hint?: string): []
}

const objectsFor = (expose: ExposeConfig, { deployable, objects, config, wrong }: Given): KubeObject[] => {
  const { namespace } = deployable
  const service = serviceOf(expose.service, namespace, objects)
  if (!service) {
    const names = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name)
    // A Service that some controller makes later can still have an Ingress: that needs its name and port only.
    if (expose.hostPort === undefined && expose.host !== undefined && names.length === 0)
      return [ingressTo(expose, expose.host, namespace)]
    return wrong(
      `\`expose\` names the Service ${expose.service}, and ${deployable.id} renders no such Service in namespace ${namespace}.`,
      names.length > 0
        ? `It renders ${names.join(', ')}.`
        : 'A host port needs the selector of a Service that is rendered.',
    )
  }
  const port = portOf(service, expose.port)
  if (!port) return wrong(`The Service ${expose.service} has no port ${expose.port}.`)
  const found: KubeObject[] = expose.host === undefined ? [] : [ingressTo(expose, expose.host, namespace)]
  if (expose.hostPort === undefined) return found
  const nodePort = nodePortFor(expose.hostPort, port.protocol, config)
  if ('problem' in nodePort) return wrong(nodePort.problem, nodePort.hint)
  // The chart's own Service may have been made for this very mapping already.
  if (port.nodePort === nodePort.nodePort) return found
  const { selector } = service.spec
  if (!selector)
    return wrong(`The Service ${expose.service} has no selector, so that nothing is known of what is behind it.`)
  return [
    ...found,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: named(expose.service, `port-${nodePort.nodePort}`), namespace },
      spec: {
        type: 'NodePort',
        selector,
        ports: [
          {
            port: port.port,
            targetPort: port.targetPort ?? port.port,
            protocol: port.protocol,
            nodePort: nodePort.nodePort,
          },
        ],
      },
    },
  ]
}

/** Names of Services are DNS labels: 63 characters at most. */
const named = (service: string, suffix: string): string =>
  `${service.slice(0, 62 - suffix.length).replace(/-+$/, '')}-${suffix}`

const placeOf = ({ of: { kind, name = '' }, at }: Deployable, index: number, config: Config): Place =>
  kind === 'service' ? config.at(['services', name, 'expose', index]) : at

/** An Ingress without a class, so that whichever controller the cluster has takes it. */
const ingressTo = ({ service, port }: ExposeConfig, host: string, namespace: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: nameFor(service, host), namespace },
  spec: {
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: {
                service: { name: service, port: typeof port === 'number' ? { number: port } : { name: port } },
              },
            },
          ],
        },
      },
    ],
  },
})

/** One of its own for each host: a Service may be reached by several. */
const nameFor = (service: string, host: string): string =>
  `${service}-${host.replace(/^\*\./, 'any.')}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 253)
    .replace(/[.-]+$/, '')

/** Where Kubernetes takes node ports from unless told otherwise. */
const range = { from: 30_000, to: 32_767 }

type Answer = { readonly nodePort: number } | { readonly problem: string; readonly hint: string }

/** The node port that the cluster maps to a port of this machine; `0` means the one mapping to any free port. */
const nodePortFor = (hostPort: number, protocol: string, config: Config): Answer => {
  const mapped = config.cluster.nodes
    .flatMap(({ ports }) => ports)
    .filter((port) => port.hostPort === hostPort && port.protocol.toUpperCase() === protocol.toUpperCase())
  const usable = mapped.filter(({ nodePort }) => nodePort >= range.from && nodePort <= range.to)
  const [only] = usable
  const example = `\`ports: ["${hostPort}:30080"]\` on one node (a node port is ${range.from} to ${range.to})`
  if (only && (hostPort !== 0 || usable.length === 1)) return { nodePort: only.nodePort }
  if (only)
    return {
      problem: `hostPort 0 is meant for one of several mappings: ${usable.map(({ nodePort }) => `0:${nodePort}`).join(', ')}.`,
      hint: 'Give the mappings host ports of their own, and name one here.',
    }
  const [wrong] = mapped
  if (wrong)
    return {
      problem: `Port ${hostPort} of this machine leads to node port ${wrong.nodePort}, which no Service can take.`,
      hint: `Write ${example}.`,
    }
  return {
    problem: `No node maps port ${hostPort} of this machine${protocol === 'TCP' ? '' : ` for ${protocol}`}.`,
    hint: `Add ${example}.`,
  }
}
