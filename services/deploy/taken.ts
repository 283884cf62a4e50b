import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { showRef } from '../../cluster/kube/ref.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { labels } from '../../manifests/transform/step-label.ts'
import { revisionsOf, type ReleaseName } from '../helm/release.ts'
import type { Undo } from '../remove/undo.ts'
import { deployedRef } from './deployed-ref.ts'

type Wanted = {
  /** Of the file: what carries it is ours. */
  readonly name: string
  readonly namespace: string
  readonly objects: readonly KubeObject[]
  readonly release: ReleaseName | undefined
  /** What an earlier run made: it knew that it might. */
  readonly before: Undo | undefined
  placeOf(object: KubeObject): Place | undefined
}

/**
 * Why a deployable may not be made in a cluster that was there before: a release or objects of these names are somebody
 * else's, and making them would change those, and `down` take them away. Undefined where nothing is in the way.
 */
export const takenByOthers = async (kube: Kube, wanted: Wanted): Promise<EnvironmentError | undefined> => {
  const { name, namespace, objects, release, before, placeOf } = wanted
  const problems: Problem[] = []
  const isKnown =
    before?.releases.some((one) => one.release === release?.release && one.namespace === release.namespace) === true
  if (release && !isKnown && (await revisionsOf(kube, release)).length > 0)
    problems.push({
      severity: 'error',
      message: `Release ${release.namespace}/${release.release} is there, and kindup did not make it.`,
    })
  // What an earlier run was allowed to make is ours, labelled or not: helm 3 labels no hooks.
  const known = new Set([...(before?.objects ?? []), ...(before?.hooks ?? [])].map(identity))
  const ofRelease = (live: KubeObject): boolean =>
    isKnown && live.metadata.annotations?.['meta.helm.sh/release-name'] === release?.release
  const found = await inParallel(objects, 8, async (object) => {
    const ref = deployedRef(object, namespace)
    if (known.has(identity(ref))) return undefined
    // A kind that nothing serves yet has no objects.
    if (!(await kube.served(object.apiVersion)).some(({ kind }) => kind === object.kind)) return undefined
    const live = await kube.get(ref)
    return live && live.metadata.labels?.[labels.cluster] !== name && !ofRelease(live) ? { object, ref } : undefined
  })
  for (const one of found) {
    if (!one) continue
    const at = placeOf(one.object)
    problems.push({
      severity: 'error',
      message: `${showRef(one.ref)} is there, and kindup did not make it.`,
      ...(at ? { at } : {}),
    })
  }
  return problems.length === 0
    ? undefined
    : new EnvironmentError(
        'taken',
        `In this cluster are things of others by the same names, so nothing of it is made.`,
        {
          problems,
          hints: [
            'Give yours another name or namespace, leave them out with skip, or take away what is there if it is yours.',
          ],
        },
      )
}
