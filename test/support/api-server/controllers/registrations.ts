import type { Kind } from '../kinds.ts'
import type { Obj } from '../object.ts'
import { condition, hasCondition } from './world.ts'
import type { Controller } from './world.ts'

type Definition = {
  readonly group: string
  readonly scope: string
  readonly names: { readonly kind: string; readonly plural: string; readonly shortNames?: readonly string[] }
  readonly versions: readonly {
    readonly name: string
    readonly served: boolean
    readonly subresources?: { readonly status?: object }
  }[]
}

/** Definitions become Established, and their kinds are served; those of a definition that is gone go with it. */
export const definitions: Controller = (world) => {
  const all = world.list('apiextensions.k8s.io/v1', 'CustomResourceDefinition')
  const kinds = all.filter((one) => one.metadata.deletionTimestamp === undefined).flatMap(kindsOf)
  const known = world.store.kinds().filter(({ group }) => group !== '')
  for (const kind of known.filter((one) => one.isCustom && !kinds.some((other) => isSameResource(one, other))))
    for (const object of world.store.list(kind)) world.store.remove(kind, object)
  world.store.setCustomKinds(kinds)
  for (const definition of all)
    if (!hasCondition(definition, 'Established'))
      world.setStatus(definition, {
        acceptedNames: (definition.spec as Definition | undefined)?.names,
        conditions: [
          condition('NamesAccepted', true, 'NoConflicts'),
          condition('Established', true, 'InitialNamesAccepted'),
        ],
        storedVersions: kindsOf(definition).map(({ version }) => version),
      })
}

const kindsOf = ({ spec }: Obj): Kind[] => {
  const { group, scope, names, versions } = spec as Definition
  return versions
    .filter(({ served }) => served)
    .map(({ name, subresources }) => ({
      group,
      version: name,
      kind: names.kind,
      plural: names.plural,
      namespaced: scope === 'Namespaced',
      short: names.shortNames ?? [],
      hasStatus: subresources?.status !== undefined,
      isCustom: true as const,
    }))
}

const isSameResource = (a: Kind, b: Kind): boolean => a.group === b.group && a.plural === b.plural

export const apiServices: Controller = (world) => {
  for (const service of world.list('apiregistration.k8s.io/v1', 'APIService')) {
    const available = world.behaviour(service.metadata.name) === 'ready'
    const message = available ? 'all checks passed' : 'no response from https://10.96.0.9:443'
    world.setStatus(service, {
      conditions: [condition('Available', available, available ? 'Passed' : 'FailedDiscoveryCheck', message)],
    })
  }
}

/** What belongs to nobody any more goes. */
export const garbage: Controller = (world) => {
  const all = world.store.kinds().flatMap((kind) => [...world.store.list(kind)])
  const there = new Set(all.map(({ metadata }) => metadata.uid))
  for (const object of all) {
    const owners = object.metadata.ownerReferences ?? []
    if (
      owners.length > 0 &&
      owners.every(({ uid }) => !there.has(uid)) &&
      object.metadata.deletionTimestamp === undefined
    )
      world.remove(object)
  }
}
