import { isBuiltIn } from '../../manifests/kinds/built-in.ts'
import type { Config, SmokeConfig } from '../../config/config.ts'
import { mapsAt, numberAt, textAt } from '../../core/fields.ts'
import type { Problem } from '../../core/problem.ts'
import { nameHint } from '../../core/suggest.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { knownObjects } from './reach.ts'

type Placed = { readonly object: KubeObject; readonly namespace: string }

/**
 * Smoke tests that ask a Service of the cluster, or a port of one, that nothing of the plan makes. Says nothing of a
 * namespace with objects that are not known yet, or with custom resources: their controllers make Services too.
 */
export const namesProblems = (
  deployables: readonly Deployable[],
  sources: ReadonlyMap<string, Pick<Rendered, 'objects' | 'exposed' | 'hosts' | 'brought'>>,
  config: Config,
): readonly Problem[] => {
  if (!deployables.some(({ smoke = [] }) => smoke.some(({ service }) => service !== undefined))) return []
  const unclear = new Set<string>()
  const services: Placed[] = []
  for (const { id, namespace: home } of deployables) {
    const source = sources.get(id)
    const objects = knownObjects(source)
    if (!objects) unclear.add(home)
    for (const object of [...(objects ?? []), ...(source?.brought ?? [])]) {
      const namespace = object.metadata.namespace ?? home
      if (!isBuiltIn(object)) unclear.add(namespace)
      if (object.kind === 'Service') services.push({ object, namespace })
    }
  }
  return deployables.flatMap((deployable) => {
    const { id, of, namespace, smoke = [] } = deployable
    const here = services.filter((one) => one.namespace === namespace).map(({ object }) => object)
    return smoke.flatMap((test, index): readonly Problem[] => {
      const found = test.service === undefined || unclear.has(namespace) ? undefined : wrongIn(test, test.service, here)
      if (!found) return []
      const { message, hint } = found
      return [
        {
          severity: 'warning',
          step: id,
          message: `A smoke test of ${id} asks ${message}.`,
          ...(hint === undefined ? {} : { hint }),
          at: config.at(['services', of.name ?? id, 'smoke', index]),
        },
      ]
    })
  })
}

const wrongIn = (
  { port, tcp = port, path }: SmokeConfig,
  name: string,
  services: readonly KubeObject[],
): { readonly message: string; readonly hint?: string } | undefined => {
  const service = services.find(({ metadata }) => metadata.name === name)
  const names = services.map(({ metadata }) => metadata.name)
  if (!service) {
    return {
      message: `the Service ${name}, and nothing of the plan makes it in its namespace`,
      hint: nameHint(name, names, 'No Service is there at all.'),
    }
  }
  if (textAt(service, 'spec', 'type') === 'ExternalName') return undefined
  const ports = mapsAt(service, 'spec', 'ports').filter((one) => (textAt(one, 'protocol') ?? 'TCP') === 'TCP')
  const numbers = ports.flatMap((one) => numberAt(one, 'port') ?? [])
  if (tcp === undefined)
    return path !== undefined && numbers.length > 1
      ? {
          message: `the Service ${name}, which has the ports ${numbers.join(', ')}`,
          hint: `Say which one answers: port: ${numbers[0]}`,
        }
      : undefined
  if (numbers.includes(tcp)) return undefined
  const behind = ports.find((one) => one['targetPort'] === tcp)
  return {
    message: `port ${tcp} of the Service ${name}, which has ${numbers.join(', ') || 'none for TCP'}`,
    ...(behind
      ? { hint: `${tcp} is where its pods listen; the Service itself is asked: port: ${numberAt(behind, 'port')}` }
      : {}),
  }
}
