import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import { isFlux, keyOf, keyOfObject } from './kinds.ts'

const kustomizations = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' } as const
const helmReleases = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' } as const

/** The Kustomizations and HelmReleases among the objects as they stand, with those that they bring in turn; undefined stands for one that is not there. */
export type Closure = ReadonlyMap<string, KubeObject | undefined>

export const closureOf = async (kube: Kube, objects: readonly KubeObject[]): Promise<Closure> => {
  const live = (await Promise.all([kube.list(kustomizations), kube.list(helmReleases)]))
    .flat()
    .map((object) => [keyOfObject(object, ''), object] as const)
  const all = new Map(live)
  const found = new Map(
    objects
      .filter((object) => isFlux(object) && isOne(object.kind))
      .map((object) => keyOfObject(object, ''))
      .map((key) => [key, all.get(key)] as const),
  )
  // A map gives what is added while it is gone through.
  for (const [, object] of found)
    for (const { apiVersion, kind, namespace = '', name } of inventoryOf(object)) {
      const key = keyOf(kind, namespace, name)
      if (isOne(kind) && apiVersion.includes('.toolkit.fluxcd.io/') && !found.has(key)) found.set(key, all.get(key))
    }
  return found
}

/** Of one of them: those that it brings in turn. */
export const broughtByRef = async (kube: Kube, ref: Ref): Promise<readonly Ref[]> => {
  const { kind, name, namespace = '' } = ref
  if (!isOne(kind)) return []
  const own = { apiVersion: ref.apiVersion, kind, metadata: { name, namespace } }
  return [...(await closureOf(kube, [own])).values()].flatMap((one) =>
    one && keyOfObject(one, '') !== keyOf(kind, namespace, name) ? [refOf(one)] : [],
  )
}

const isOne = (kind: string): boolean => kind === 'Kustomization' || kind === 'HelmRelease'

/** What a Kustomization has applied: `dev_web_apps_Deployment` of version `v1`. */
export const inventoryOf = (object: KubeObject | undefined): readonly Ref[] =>
  mapsAt(object, 'status', 'inventory', 'entries').flatMap((entry): readonly Ref[] => {
    // A colon of a name is two underscores.
    const parts = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(textAt(entry, 'id') ?? '')
    if (!parts) return []
    const [, namespace = '', name = '', group = '', kind = ''] = parts
    const version = textAt(entry, 'v') ?? 'v1'
    return [
      {
        apiVersion: group === '' ? version : `${group}/${version}`,
        kind,
        name: name.replaceAll('__', ':'),
        ...(namespace === '' ? {} : { namespace }),
      },
    ]
  })
