import type { RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'

type Spec = {
  readonly rules?: readonly { readonly host?: string | null }[] | null
  readonly hostnames?: readonly string[] | null
}

/** The host names that objects ask to be reached by; wildcards aside, which no hosts file can say. */
export const hostsOf = (documents: readonly RenderedObject[]): readonly string[] => {
  const found = documents.flatMap(({ object }) => {
    const spec = (object['spec'] ?? {}) as Spec
    switch (groupKind(object)) {
      case 'networking.k8s.io/Ingress':
        return (spec.rules ?? []).flatMap(({ host }) => host ?? [])
      case 'gateway.networking.k8s.io/HTTPRoute':
      case 'gateway.networking.k8s.io/GRPCRoute':
      case 'gateway.networking.k8s.io/TLSRoute':
        return spec.hostnames ?? []
      default:
        return []
    }
  })
  return [...new Set(found)].filter((host) => host !== '' && !host.includes('*'))
}
