import type { KubeObject } from '../../cluster/kube/kube.ts'
import { at, listOf, textAt } from './read-yaml.ts'

const webPorts = new Set([80, 3000, 3001, 4000, 4200, 5000, 5173, 8000, 8080, 8081, 8888, 9000])

/** The Service of some objects that a browser would want to reach; undefined where there is none or more than one. */
export const webService = (objects: readonly KubeObject[]): { service: string; port: number } | undefined => {
  const found = objects
    .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Service')
    .filter(
      (service) => at(service, 'spec', 'selector') !== undefined && textAt(service, 'spec', 'clusterIP') !== 'None',
    )
    .flatMap((service) => {
      const ports = listOf(at(service, 'spec', 'ports'))
      const web =
        ports.find((port) => /^(http|web)/.test(textAt(port, 'name') ?? '')) ??
        ports.find((port) => webPorts.has(Number(at(port, 'port'))))
      const number = at(web, 'port')
      return typeof number === 'number' ? [{ service: service.metadata.name, port: number }] : []
    })
  // Of several, the one that asks to be reached from outside.
  const [first, ...more] = found
  const outside = found.filter(({ service }) =>
    objects.some(
      (object) =>
        object.metadata.name === service && ['LoadBalancer', 'NodePort'].includes(textAt(object, 'spec', 'type') ?? ''),
    ),
  )
  return more.length === 0 ? first : outside.length === 1 ? outside[0] : undefined
}
