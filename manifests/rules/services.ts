import { isIP } from 'node:net'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, listAt, textAt } from '../../core/fields.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { whatItIs } from '../schema/words.ts'
import { refused } from './finding.ts'
import { labelFindings } from './names.ts'
import { indexed } from './pod-at.ts'
import { portProtocol } from './pods.ts'
import { dnsLabel, dnsSubdomain, portName } from './syntax.ts'

/** kube-apiserver's own `--service-node-port-range`. */
const nodePorts = { from: 30_000, to: 32_767 }

/** What the API refuses in a Service. */
export const serviceFindings = (object: KubeObject): readonly Finding[] => {
  if (groupKind(object) !== 'Service') return []
  const spec = fieldsAt(object, 'spec')
  const type = textAt(spec, 'type') ?? ''
  const clusterIP = textAt(spec, 'clusterIP') ?? ''
  const ports = indexed(spec['ports'])
  const externalName = textAt(spec, 'externalName') ?? ''
  return [
    ...labelFindings(fieldsAt(spec, 'selector'), ['spec', 'selector']),
    ...(type === 'ExternalName' && externalName === ''
      ? [refused(['spec', 'externalName'], 'is missing: the type is ExternalName')]
      : []),
    ...(type === 'ExternalName' && externalName !== '' && dnsSubdomain(externalName.replace(/\.$/, '')) !== undefined
      ? [refused(['spec', 'externalName'], `is ${whatItIs(externalName)} where the name of a host belongs`)]
      : []),
    ...(type !== 'ExternalName' && clusterIP !== 'None' && ports.length === 0 && listAt(spec, 'ports').length === 0
      ? [refused(['spec', 'ports'], 'is missing: only a headless Service and an ExternalName do without')]
      : []),
    ...(clusterIP !== '' && clusterIP !== 'None' && isIP(clusterIP) === 0
      ? [refused(['spec', 'clusterIP'], `is ${whatItIs(clusterIP)} where an address, None or nothing belongs`)]
      : []),
    ...listAt(spec, 'externalIPs').flatMap((address, index) =>
      typeof address === 'string' && isIP(address) === 0
        ? [refused(['spec', 'externalIPs', index], `is ${whatItIs(address)} where an address belongs`)]
        : [],
    ),
    ...portFindings(ports, type),
  ]
}

const portFindings = (ports: ReturnType<typeof indexed>, type: string): readonly Finding[] => {
  const names = new Set<string>()
  const nodePortsSeen = new Set<string>()
  return ports.flatMap(([index, port]): readonly Finding[] => {
    const at = ['spec', 'ports', index]
    const name = textAt(port, 'name') ?? ''
    const { nodePort, targetPort } = port
    const wrong = name === '' ? undefined : dnsLabel(name)
    const isTwice = name !== '' && names.has(name)
    names.add(name)
    const key = `${String(nodePort)} ${portProtocol(port)}`
    const isTaken = typeof nodePort === 'number' && nodePort > 0 && nodePortsSeen.has(key)
    nodePortsSeen.add(key)
    return [
      ...(name === '' && ports.length > 1
        ? [refused([...at, 'name'], 'is missing: ports of a Service with several have names')]
        : []),
      ...(wrong === undefined ? [] : [refused([...at, 'name'], wrong)]),
      ...(isTwice ? [refused([...at, 'name'], `is ${name}, as another port of the Service is called already`)] : []),
      ...(isTaken ? [refused([...at, 'nodePort'], `is ${nodePort}, as that of another port of the Service`)] : []),
      ...(typeof nodePort === 'number' && nodePort > 0 && (nodePort < nodePorts.from || nodePort > nodePorts.to)
        ? [refused([...at, 'nodePort'], `is ${nodePort}, and node ports are from ${nodePorts.from} to ${nodePorts.to}`)]
        : []),
      ...(typeof nodePort === 'number' && nodePort > 0 && (type === 'ClusterIP' || type === '')
        ? [
            refused(
              [...at, 'nodePort'],
              'is for the types NodePort and LoadBalancer',
              'Write `type: NodePort`, or take it out.',
            ),
          ]
        : []),
      ...(typeof targetPort === 'string' && targetPort !== '' && portName(targetPort) !== undefined
        ? [targetFinding([...at, 'targetPort'], targetPort)]
        : []),
    ]
  })
}

const targetFinding = (at: readonly (string | number)[], target: string): Finding =>
  /^\d+$/.test(target)
    ? refused(
        at,
        `is the text "${target}" where a number or the name of a port belongs`,
        `Write ${target} without quotes.`,
      )
    : refused(at, portName(target) ?? '')
