import { expect, it } from 'vitest'
import type { Cluster } from '../../../../cluster/cluster.ts'
import type { Kube, KubeObject, Ref } from '../../../../cluster/kube/kube.ts'
import { refOf } from '../../../../cluster/kube/ref.ts'
import { inventoryOf } from '../../../../gitops/flux/closure.ts'
import { fieldsAt, valueAt } from '../../../../core/fields.ts'
import type { Helm } from '../../../../manifests/helm/helm.ts'
import { takeObjectsAway } from '../../../../services/remove/remove.ts'
import { nothing } from '../../../../services/remove/undo.ts'
import { context } from '../../../support/steps.ts'

const kustomization = (name: string, suspend: boolean, brings: readonly string[]): KubeObject => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name, namespace: 'flux-system' },
  spec: { suspend },
  status: { inventory: { entries: brings.map((id) => ({ id, v: 'v1' })) } },
})
const configMap = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'dev' },
})
const key = ({ kind, name, namespace = '' }: Ref): string => `${kind} ${namespace}/${name}`

/** As Flux has it: a Kustomization takes away what it brought when it goes, unless it is suspended. */
const kubeWith = (objects: readonly KubeObject[]) => {
  const there = new Map(objects.map((object) => [key(refOf(object)), object]))
  const remove = (ref: Ref): void => {
    const object = there.get(key(ref))
    there.delete(key(ref))
    if (object?.kind === 'Kustomization' && valueAt(object, 'spec', 'suspend') !== true)
      for (const brought of inventoryOf(object)) remove(brought)
  }
  const kube = {
    served: () => Promise.resolve([]),
    get: (ref: Ref) => Promise.resolve(there.get(key(ref))),
    list: ({ kind }: { kind: string }) => Promise.resolve([...there.values()].filter((one) => one.kind === kind)),
    mergePatch: (ref: Ref, { spec }: { spec: object }) => {
      const object = there.get(key(ref))
      if (!object) throw new Error(`${key(ref)} is not there`)
      there.set(key(ref), { ...object, spec: { ...fieldsAt(object, 'spec'), ...spec } })
      return Promise.resolve(object)
    },
    delete: (ref: Ref) => Promise.resolve(remove(ref)),
  }
  return { kube: kube as unknown as Kube, left: () => [...there.keys()] }
}

it('goes with what suspended Kustomizations brought that others brought, at any depth', async () => {
  const top = kustomization('top', false, ['flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization'])
  const { kube, left } = kubeWith([
    top,
    kustomization('apps', true, ['flux-system_team_kustomize.toolkit.fluxcd.io_Kustomization', 'dev_page__ConfigMap']),
    kustomization('team', true, ['dev_team__ConfigMap']),
    kustomization('of-others', true, ['dev_theirs__ConfigMap']),
    ...['page', 'team', 'theirs'].map(configMap),
  ])
  const deps = { cluster: { kube: () => Promise.resolve(kube) } as unknown as Cluster, helm: {} as Helm }
  await takeObjectsAway('service/all@dev', { ...nothing, applications: [refOf(top)] }, deps, context())
  expect(left()).toEqual(['Kustomization flux-system/of-others', 'ConfigMap dev/theirs'])
})
