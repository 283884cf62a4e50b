import type { Config, ExposeConfig } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Deployable } from '../deployable.ts'
import { ingressTo } from './ingress.ts'
import { nodePortFor } from './node-port.ts'
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
