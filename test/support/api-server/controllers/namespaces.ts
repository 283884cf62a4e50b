import { randomBytes } from 'node:crypto'
import type { Obj } from '../object.ts'
import type { Controller, World } from './world.ts'

/** Every namespace has its default account and the cluster's certificate; one that is deleted goes once it is empty. */
export const namespaces: Controller = (world) => {
  for (const namespace of world.list('v1', 'Namespace')) {
    const { name, deletionTimestamp } = namespace.metadata
    if (deletionTimestamp === undefined) furnish(world, name)
    else if (empty(world, name)) world.store.remove(world.kind('v1', 'Namespace'), namespace)
  }
}

const furnish = (world: World, namespace: string): void => {
  const wanted: Obj[] = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace },
      data: { 'ca.crt': 'a certificate' },
    },
  ]
  for (const object of wanted)
    if (!world.store.get(world.store.kindOf(object), namespace, object.metadata.name)) world.create(object)
}

/** Deletes what is in a namespace; true when nothing is left. What has a finalizer stays. */
const empty = (world: World, namespace: string): boolean => {
  const all = world.store
    .kinds()
    .filter(({ namespaced }) => namespaced)
    .flatMap((kind) => [...world.store.list(kind, namespace)])
  for (const object of all) if (object.metadata.deletionTimestamp === undefined) world.remove(object)
  return all.every(({ metadata: { finalizers = [] } }) => finalizers.length === 0)
}

/** Secrets that ask for an account's token get one. */
export const accountTokens: Controller = (world) => {
  for (const secret of world.list('v1', 'Secret')) {
    const data = secret['data'] as Record<string, string> | undefined
    if (secret['type'] !== 'kubernetes.io/service-account-token' || data?.['token'] !== undefined) continue
    const token = Buffer.from(randomBytes(24).toString('base64url')).toString('base64')
    world.update({ ...secret, data: { ...data, token } })
  }
}

/** Claims are bound at once. */
export const claims: Controller = (world) => {
  for (const claim of world.list('v1', 'PersistentVolumeClaim'))
    if (claim.status?.['phase'] !== 'Bound') world.setStatus(claim, { phase: 'Bound' })
}
