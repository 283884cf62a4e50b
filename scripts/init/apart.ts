import type { DraftService } from './draft-service.ts'
import type { Draft } from './draft.ts'
import { listed } from './listed.ts'

type Apart = Pick<Draft, 'services' | 'environments' | 'notes'>

/** Environments that have namespaces of their own. Of several with one namespace the first stays: in one cluster each would write the objects of the other. */
export const apart = (services: readonly DraftService[], environments: Draft['environments']): Apart => {
  const groups = [...Map.groupBy(environments, ({ name, namespace }) => namespace ?? name)]
  const left = groups.flatMap(([, [, ...others]]) => others.map(({ name }) => name))
  if (left.length === 0) return { services, environments, notes: [] }
  const isLeft = (name: string): boolean => left.includes(name)
  const gone = services.filter(({ environments: own }) => own.length > 0 && own.every(isLeft))
  return {
    environments: environments.filter(({ name }) => !isLeft(name)),
    services: services
      .filter((service) => !gone.includes(service))
      .map((service) => ({ ...service, environments: service.environments.filter((name) => !isLeft(name)) })),
    notes: groups.flatMap(([namespace, [first, ...others]]) =>
      first === undefined || others.length === 0
        ? []
        : [
            `The environment${others.length === 1 ? '' : 's'} ${listed(others.map(({ name }) => name))} ${others.length === 1 ? 'is' : 'are'} left out: in the namespace ${namespace} is ${first.name} already, and a cluster has it once.`,
          ],
    ),
  }
}
