import { isHook } from '../../cluster/ready/targets.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, numberAt, textAt } from '../../core/fields.ts'
import { podTemplateOf } from '../../manifests/transform/pod-templates.ts'

/**
 * Names of claims that stay unbound after the objects are there: their class makes volumes for the first pod that mounts
 * them, and no pod of the objects does, before the hooks. helm's `--wait` would wait for them in vain.
 */
export const unmountedClaims = async (kube: Kube, objects: readonly KubeObject[]): Promise<readonly string[]> => {
  const claims = objects.filter(({ kind, apiVersion }) => kind === 'PersistentVolumeClaim' && apiVersion === 'v1')
  const mounted = new Set(objects.filter(hasPods).flatMap(claimNames))
  const left = claims.filter((claim) => !isHook(claim) && !mounted.has(claim.metadata.name))
  if (left.length === 0) return []
  const classes = await kube.list({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' })
  return left.flatMap((claim) => {
    const storageClassName = textAt(claim, 'spec', 'storageClassName')
    const found = classes.find((one) =>
      storageClassName === undefined ? isDefault(one) : one.metadata.name === storageClassName,
    )
    return found?.['volumeBindingMode'] === 'WaitForFirstConsumer' ? [claim.metadata.name] : []
  })
}

const isDefault = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'

/** Whether pods of it run before helm comes to the hooks behind. */
const hasPods = (object: KubeObject): boolean =>
  !isHook(object) && object.kind !== 'CronJob' && numberAt(object, 'spec', 'replicas') !== 0

const claimNames = (object: KubeObject): readonly string[] =>
  mapsAt(podTemplateOf(object), 'spec', 'volumes').flatMap(
    (volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') ?? [],
  )
