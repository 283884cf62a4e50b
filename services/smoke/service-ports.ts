import type { Kube } from '../../cluster/kube/kube.ts'
import { podTrouble } from '../../cluster/ready/pod-trouble.ts'
import type { EndpointSlice, Pod, ServiceSpec } from '../../cluster/kube/models.ts'

/** A port of a Service with what stands behind it. */
export type ServicePort = {
  readonly port: number
  readonly targetPort: number
  /** Where a connection goes: the Service's own address, or, where it has none, an endpoint's. */
  readonly address: string
  readonly addressPort: number
  readonly secure: boolean
}

/** The TCP ports of a Service, or the one that is wanted, with a ready endpoint behind each; or what is at fault. */
export const servicePorts = async (
  kube: Kube,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  wanted: number | undefined,
): Promise<{ readonly ports: readonly ServicePort[] } | { readonly fault: string }> => {
  const service = await kube.get({ apiVersion: 'v1', kind: 'Service', namespace, name })
  if (!service) return { fault: await missing(kube, namespace, name) }
  const spec = (service['spec'] ?? {}) as ServiceSpec
  if (spec.type === 'ExternalName')
    return { fault: `Service ${name} is another name for ${spec.externalName}: nothing in the cluster answers for it.` }
  const tcp = (spec.ports ?? []).filter(({ protocol = 'TCP' }) => protocol === 'TCP')
  const chosen = wanted === undefined ? tcp : tcp.filter(({ port }) => port === wanted)
  if (chosen.length === 0) return { fault: noSuchPort(name, tcp, wanted) }

  const slices = (await kube.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace,
    labelSelector: `kubernetes.io/service-name=${name}`,
  })) as readonly EndpointSlice[]
  const ready = slices.flatMap(({ endpoints, ports }) =>
    (endpoints ?? [])
      // Unset means that nobody knows better.
      .filter(({ conditions }) => conditions?.ready !== false)
      .map(({ addresses }) => ({ addresses, ports: ports ?? [] })),
  )
  if (ready.length === 0) return { fault: await nobodyReady(kube, namespace, name, spec.selector ?? {}) }

  const ports: ServicePort[] = []
  for (const { name: portName = '', port, targetPort = port, appProtocol = '' } of chosen) {
    const [behind] = ready.flatMap(({ addresses, ports: open }) =>
      open.flatMap(({ name: label, port: number }) =>
        (label ?? '') === portName && number ? [{ address: addresses[0] ?? '', number }] : [],
      ),
    )
    if (!behind)
      return {
        fault: `The Service is at fault: the pods behind ${name} have no port called ${targetPort}, its target port.`,
      }
    const own = spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None'
    ports.push({
      port,
      targetPort: behind.number,
      address: own ? (spec.clusterIP ?? '') : behind.address,
      addressPort: own ? port : behind.number,
      secure: portName.startsWith('https') || /^(?:kubernetes\.io\/)?https$/.test(appProtocol) || port === 443,
    })
  }
  return { ports }
}

const missing = async (kube: Kube, namespace: string, name: string): Promise<string> => {
  const others = (await kube.list({ apiVersion: 'v1', kind: 'Service', namespace })).map(
    ({ metadata }) => metadata.name,
  )
  const there = others.length === 0 ? 'there is none at all' : `there are ${others.join(', ')}`
  return `The name is at fault: there is no Service ${name} in namespace ${namespace}; ${there}.`
}

const noSuchPort = (name: string, ports: NonNullable<ServiceSpec['ports']>, wanted: number | undefined): string => {
  if (wanted === undefined) return `The Service is at fault: ${name} has no TCP port.`
  const behind = ports.find(({ targetPort }) => targetPort === wanted)
  const shown = ports.map(({ port, name: label }) => (label === undefined ? `${port}` : `${port} (${label})`))
  const instead = behind ? ` ${wanted} is the target port of its port ${behind.port}.` : ''
  return `The port is at fault: Service ${name} has no TCP port ${wanted}, but ${shown.join(', ') || 'none'}.${instead}`
}

/** No pod at all is the Service's fault, pods that are not ready are the application's. */
const nobodyReady = async (
  kube: Kube,
  namespace: string,
  name: string,
  selector: Readonly<Record<string, string>>,
): Promise<string> => {
  const labelSelector = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  if (labelSelector === '') return `The Service is at fault: ${name} selects no pods, and has no ready endpoint.`
  const pods = (await kube.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector })) as readonly Pod[]
  const [pod] = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  if (!pod) return `The Service is at fault: ${name} selects ${labelSelector}, and no pod has that label.`
  const why = podTrouble(pod)?.line ?? 'it was not ready a moment ago'
  return `The application is at fault: no pod behind Service ${name} is ready (${pod.metadata.name}: ${why}).`
}
