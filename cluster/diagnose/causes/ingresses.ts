import { fieldsAt, mapsAt, numberAt, textAt, textListAt, type Fields } from '../../../core/fields.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'

/** Ingresses that no controller serves, or that lead to what is not there. */
export const ingressCauses = (evidence: Evidence): readonly Finding[] =>
  ofKind(evidence, 'Ingress').flatMap((ingress) => {
    const found = [classCause(ingress, evidence), ...backendWhys(ingress, evidence), tlsCause(ingress, evidence)]
    return found.flatMap((why) => findingOf(ingress, why))
  })

/** Those of them that lead to no Service, or to a port that it has not. */
export const backendCauses = (evidence: Evidence): readonly Finding[] =>
  ofKind(evidence, 'Ingress').flatMap((ingress) =>
    backendWhys(ingress, evidence).flatMap((why) => findingOf(ingress, why)),
  )

const findingOf = (ingress: KubeObject, why: Why): readonly Finding[] =>
  why ? [{ ...aboutObject(ingress), evidence: [], ...why, depth: 'way' }] : []

type Why = Pick<Finding, 'cause' | 'hints'> | undefined

const classCause = (ingress: KubeObject, evidence: Evidence): Why => {
  const classes = ofKind(evidence, 'IngressClass')
  const names = classes.map(({ metadata }) => metadata.name)
  const { annotations = {} } = ingress.metadata
  const wanted = textAt(ingress, 'spec', 'ingressClassName') ?? annotations['kubernetes.io/ingress.class']
  const others =
    names.length === 0 ? 'No controller is there: `addons: { traefik: true }`' : `There is ${names.join(', ')}`
  if (wanted !== undefined && !names.includes(wanted))
    return { cause: `nothing serves its class ${wanted}`, hints: [`${others}; \`spec.ingressClassName\` names it.`] }
  const hasDefault = classes.some(
    ({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
  )
  // ingress-nginx may be told to take those without a class: its address shows that one was taken.
  if (wanted === undefined && !hasDefault && mapsAt(ingress, 'status', 'loadBalancer', 'ingress').length === 0)
    return {
      cause: 'it names no class, and none is the default',
      hints: [`${others}; \`spec.ingressClassName\` names it.`],
    }
  return undefined
}

const backendsOf = (ingress: KubeObject): readonly Fields[] => [
  ...mapsAt(ingress, 'spec', 'rules').flatMap((rule) =>
    mapsAt(rule, 'http', 'paths').map((path) => fieldsAt(path, 'backend')),
  ),
  fieldsAt(ingress, 'spec', 'defaultBackend'),
]

const backendWhys = (ingress: KubeObject, evidence: Evidence): readonly Why[] =>
  backendsOf(ingress).map((backend) => {
    const name = textAt(backend, 'service', 'name')
    if (name === undefined) return undefined
    const service = ofKind(evidence, 'Service').find(
      ({ metadata }) => metadata.name === name && metadata.namespace === ingress.metadata.namespace,
    )
    if (!service)
      return {
        cause: `it leads to the Service ${name}, which is not there`,
        hints: ['An Ingress leads to Services of its own namespace alone. Is the name right?'],
      }
    const ports = mapsAt(service, 'spec', 'ports')
    const wanted = numberAt(backend, 'service', 'port', 'number') ?? textAt(backend, 'service', 'port', 'name')
    const has = ports.some((port) => wanted === numberAt(port, 'port') || wanted === textAt(port, 'name'))
    return has || wanted === undefined
      ? undefined
      : {
          cause: `it leads to port ${wanted} of the Service ${name}, which has ${ports.map((port) => numberAt(port, 'port')).join(', ')}`,
          hints: ['`backend.service.port` takes a port of the Service, not that of the container.'],
        }
  })

const tlsCause = (ingress: KubeObject, evidence: Evidence): Why => {
  const secrets = new Set(
    ofKind(evidence, 'Secret')
      .filter(({ metadata }) => metadata.namespace === ingress.metadata.namespace)
      .map(({ metadata }) => metadata.name),
  )
  for (const tls of mapsAt(ingress, 'spec', 'tls')) {
    const name = textAt(tls, 'secretName')
    if (name !== undefined && !secrets.has(name))
      return {
        cause: `the Secret ${name} with its certificate is not there`,
        hints: [
          `For ${textListAt(tls, 'hosts').join(', ') || 'its hosts'} the controller shows a certificate of its own until then.`,
        ],
      }
  }
  return undefined
}
