import { isDeepStrictEqual } from 'node:util'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { inParallel } from '../../core/in-parallel.ts'

/**
 * Those of the objects that are there and differ from what they are to be, as Flux itself finds it: the API says what an
 * apply would make of them, and nothing is changed. Those that Flux is told to leave alone are none.
 */
export const driftedAmong = async (kube: Kube, objects: readonly KubeObject[]): Promise<readonly KubeObject[]> => {
  const found = await inParallel(objects, 8, async (object): Promise<readonly KubeObject[]> => {
    const live = await kube.get(refOf(object))
    if (!live || isLeftAlone(object) || isLeftAlone(live)) return []
    try {
      return isDeepStrictEqual(essence(await kube.tryApply(object)), essence(live)) ? [] : [object]
    } catch (error) {
      // What cannot be changed in place differs, too.
      if (error instanceof EnvironmentError && error.code === 'api-refused') return [object]
      throw error
    }
  })
  return found.flat()
}

/** Flux is told not to change it. */
export const isLeftAlone = ({ metadata: { annotations = {}, labels = {} } }: KubeObject): boolean => {
  const says = (key: string): string | undefined =>
    annotations[`kustomize.toolkit.fluxcd.io/${key}`] ?? labels[`kustomize.toolkit.fluxcd.io/${key}`]
  return says('reconcile')?.toLowerCase() === 'disabled' || /^(?:ignore|ifnotpresent)$/i.test(says('ssa') ?? '')
}

/** What Flux compares: neither the status, nor who wrote what when. */
const essence = ({ metadata, status: _status, ...rest }: KubeObject): unknown => ({
  ...rest,
  labels: metadata.labels ?? {},
  // Those of kindup tell of secrets that are known while it hands over, and not when it is asked.
  annotations: Object.fromEntries(
    Object.entries(metadata.annotations ?? {}).filter(([key]) => !key.startsWith('kindup.dev/')),
  ),
})
