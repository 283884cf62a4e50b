import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { ourLabels } from '../../cluster/inventory/namespace.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { deleteForGood } from '../remove/gone.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { dataOf, encoded, sameData, typeOf } from './data.ts'
import { foreign, randomAnnotation, type Resolved } from './resolve.ts'
import { isOurs, secretRef } from './undo.ts'
import { secretId } from './id.ts'

/** The Secret as it is written: data and type of its source, and no word of the metadata of that. */
export const copyOf = (
  key: string,
  namespace: string,
  cluster: string,
  { data, type, random }: Pick<Resolved, 'data' | 'type'> & { readonly random: Readonly<Record<string, unknown>> },
): KubeObject => {
  const names = Object.keys(random)
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: key,
      namespace,
      labels: { ...ourLabels, [labels.cluster]: cluster, [labels.step]: stepLabel(secretId(key)) },
      ...(names.length > 0 ? { annotations: { [randomAnnotation]: names.join(',') } } : {}),
    },
    type,
    data: encoded(data),
  }
}

/** Makes one Secret so, unless it is. Throws `not-ours` rather than to overwrite what somebody else made meanwhile. */
export const writeCopy = async (kube: Kube, wanted: KubeObject, ctx: Context): Promise<void> => {
  const { name, namespace = '' } = wanted.metadata
  const ref = secretRef(namespace, name)
  for (let tries = 1; ; tries += 1) {
    const live = await kube.get(ref)
    if (live && !isOurs(live, name)) throw foreign(live)
    if (live && isSame(live, wanted)) return
    try {
      if (!live) await kube.create(wanted)
      else if (typeOf(live) === typeOf(wanted)) await kube.replace(over(live, wanted))
      else {
        // The type of a Secret cannot be changed.
        await deleteForGood(kube, [ref], ctx)
        await kube.create(wanted)
      }
      return
    } catch (error) {
      if (!(error instanceof EnvironmentError) || error.code !== 'api-conflict' || tries === 3) throw error
    }
  }
}

/** Labels and annotations of others stay. */
const over = (live: KubeObject, wanted: KubeObject): KubeObject => {
  const { [randomAnnotation]: _old, ...annotations } = live.metadata.annotations ?? {}
  return {
    ...wanted,
    metadata: {
      ...live.metadata,
      labels: { ...live.metadata.labels, ...wanted.metadata.labels },
      annotations: { ...annotations, ...wanted.metadata.annotations },
    },
  }
}

const isSame = (live: KubeObject, wanted: KubeObject): boolean =>
  typeOf(live) === typeOf(wanted) &&
  live.metadata.deletionTimestamp === undefined &&
  live.metadata.annotations?.[randomAnnotation] === wanted.metadata.annotations?.[randomAnnotation] &&
  sameData(dataOf(live), dataOf(wanted))
