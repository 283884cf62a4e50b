import { mapsAt, numberAt, textAt, textsAt, type Fields } from '../../core/fields.ts'
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
  const ports = mapsAt(found, 'spec', 'ports').flatMap(asPort)
  const selector = textsAt(found, 'spec', 'selector')
  return { spec: { ...(Object.keys(selector).length > 0 ? { selector } : {}), ports } }
}

const asPort = (fields: Fields): readonly ServicePort[] => {
  const port = numberAt(fields, 'port')
  if (port === undefined) return []
  const name = textAt(fields, 'name')
  const nodePort = numberAt(fields, 'nodePort')
  const targetPort = numberAt(fields, 'targetPort') ?? textAt(fields, 'targetPort')
  return [
    {
      port,
      ...(name === undefined ? {} : { name }),
      ...(targetPort === undefined ? {} : { targetPort }),
      ...(nodePort === undefined ? {} : { nodePort }),
      protocol: textAt(fields, 'protocol') ?? 'TCP',
    },
  ]
}

/** A port of a Service by number or name. */
export const portOf = ({ spec }: Service, asked: number | string): ServicePort | undefined =>
  spec.ports.find(({ port, name }) =>
    typeof asked === 'number' ? port === asked : name === asked || String(port) === asked,
  )
