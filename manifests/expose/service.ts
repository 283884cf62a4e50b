import type { KubeObject } from '../../cluster/kube/kube.ts'

export type ServicePort = {
  readonly port: number
  readonly name?: string
  readonly targetPort?: number | string
  readonly nodePort?: number
  readonly protocol: string
}

type Service = {
  readonly spec: { readonly selector?: Readonly<Record<string, string>>; readonly ports: readonly ServicePort[] }
}

/** A rendered Service by name; one without a namespace is in its deployable's. */
export const serviceOf = (name: string, namespace: string, objects: readonly KubeObject[]): Service | undefined => {
  const found = objects.find(
    ({ kind, apiVersion, metadata }) =>
      kind === 'Service' &&
      apiVersion === 'v1' &&
      metadata.name === name &&
      (metadata.namespace ?? namespace) === namespace,
  )
  if (!found) return undefined
  const spec = (found['spec'] ?? {}) as Partial<Service['spec']>
  const ports = (spec.ports ?? []).map((port) => ({ ...port, protocol: port.protocol ?? 'TCP' }))
  return { spec: { ...(spec.selector ? { selector: spec.selector } : {}), ports } }
}

/** A port of a Service by number or name. */
export const portOf = ({ spec }: Service, asked: number | string): ServicePort | undefined =>
  spec.ports.find(({ port, name }) =>
    typeof asked === 'number' ? port === asked : name === asked || String(port) === asked,
  )
