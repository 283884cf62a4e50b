import type { ChartSet } from './draft.ts'
import type { FoundChart } from './found.ts'
import { at, isMap } from './read-yaml.ts'

/** The values by which a chart takes an image of ours; empty where its values have no such place. */
export const imageSets = ({ values }: FoundChart): readonly ChartSet[] => {
  const image = at(values, 'image')
  if (!isMap(image) || !('repository' in image)) return []
  return [
    { path: 'image.repository', to: 'image.repository' },
    { path: 'image.tag', to: 'image.tag' },
  ]
}

/** The values by which a chart's Ingress gets a name of ours; empty where they are not where most charts have them. */
export const ingressSets = ({ values, hasIngress }: FoundChart): readonly ChartSet[] => {
  const ingress = at(values, 'ingress')
  if (!hasIngress || !isMap(ingress)) return []
  const host =
    'host' in ingress
      ? 'ingress.host'
      : 'hostname' in ingress
        ? 'ingress.hostname'
        : isMap(at(ingress, 'hosts', 0))
          ? 'ingress.hosts[0].host'
          : typeof at(ingress, 'hosts', 0) === 'string'
            ? 'ingress.hosts[0]'
            : undefined
  if (host === undefined) return []
  return [
    ...(ingress['enabled'] === false ? [{ path: 'ingress.enabled', to: 'true' } as const] : []),
    { path: host, to: 'host' },
  ]
}
