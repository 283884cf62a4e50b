import type { KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { groupKind } from '../kinds/kind.ts'

/** The host names that objects ask to be reached by; wildcards aside, which no hosts file can say. */
export const hostsOf = (objects: readonly KubeObject[]): readonly string[] => {
  const found = objects.flatMap((object) => {
    switch (groupKind(object)) {
      case 'networking.k8s.io/Ingress':
        return mapsAt(object, 'spec', 'rules').flatMap((rule) => textAt(rule, 'host') ?? [])
      case 'gateway.networking.k8s.io/HTTPRoute':
      case 'gateway.networking.k8s.io/GRPCRoute':
      case 'gateway.networking.k8s.io/TLSRoute':
        return textListAt(object, 'spec', 'hostnames')
      default:
        return []
    }
  })
  return [...new Set(found)].filter((host) => host !== '' && !host.includes('*'))
}
