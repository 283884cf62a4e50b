import type { KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { groupKind } from './kind.ts'

/** The host names that objects ask to be reached by; of wildcards, which no hosts file can say, the names of `extra` under them. */
export const hostsOf = (objects: readonly KubeObject[], extra: readonly string[] = []): readonly string[] => [
  ...new Set(objects.flatMap(writtenHosts).flatMap((host) => (host.includes('*') ? namesUnder(host, extra) : [host]))),
]

/** As they are written, wildcards included. */
export const writtenHosts = (object: KubeObject): readonly string[] => {
  const found = (): readonly string[] => {
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
  }
  return found().filter((host) => host !== '')
}

/** Those of the names that a wildcard means: `*.demo.local` is any one label in front of `.demo.local`. */
export const namesUnder = (wildcard: string, names: readonly string[]): readonly string[] => {
  const rest = wildcard.slice(1)
  return wildcard.startsWith('*.')
    ? names.filter((name) => name.endsWith(rest) && /^[^.*]+$/.test(name.slice(0, -rest.length)))
    : []
}
