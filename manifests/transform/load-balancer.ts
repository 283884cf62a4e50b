import { mapsAt, numberAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** On a Service that something outside the plan gives an address: `keep` leaves it as it is. */
const annotation = 'kindup.dev/load-balancer'

/** Whether it is a Service that waits for an address, and asks for nobody in particular to give it one. */
export const isLoadBalancer = ({ apiVersion, kind, metadata, ...rest }: KubeObject): boolean => {
  const spec = rest['spec']
  return (
    kind === 'Service' &&
    apiVersion === 'v1' &&
    isRecord(spec) &&
    spec['type'] === 'LoadBalancer' &&
    (spec['loadBalancerClass'] ?? undefined) === undefined &&
    metadata.annotations?.[annotation] !== 'keep'
  )
}

/** Fields that the API refuses beside any other type. */
const ofLoadBalancers = [
  'loadBalancerIP',
  'loadBalancerSourceRanges',
  'allocateLoadBalancerNodePorts',
  'healthCheckNodePort',
]
const ofNodePorts = ['externalTrafficPolicy']

/** The same Service without the wait: one that names node ports keeps them, any other is reached inside the cluster. */
export const withoutLoadBalancer = (object: KubeObject): KubeObject => {
  const spec = object['spec']
  if (!isLoadBalancer(object) || !isRecord(spec)) return object
  const ports = mapsAt(spec, 'ports')
  const type = ports.some((port) => numberAt(port, 'nodePort') !== undefined) ? 'NodePort' : 'ClusterIP'
  const gone = new Set([...ofLoadBalancers, ...(type === 'ClusterIP' ? ofNodePorts : [])])
  const kept = Object.entries(spec).filter(([key]) => !gone.has(key))
  return { ...object, spec: { ...Object.fromEntries(kept), type } }
}

/** Programs that give Services addresses inside a cluster, by their charts. */
const balancers = /(?:^|[/_-])(?:metallb|purelb|kube-vip|openelb)(?:$|[/_.@-])/i

/** Whether one of these charts brings something that serves load balancers. */
export const servesLoadBalancers = (charts: readonly string[]): boolean => charts.some((chart) => balancers.test(chart))
