import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { numberAt, textAt } from '../../core/fields.ts'
import { isHelmRelease, sourceKeyOf } from '../flux/kinds.ts'
import { stateOf } from '../flux/state.ts'
import type { ObjectVerdict } from './verdict-of-object.ts'

/** Charts of releases and the sources that they are made of, by their keys. */
export type Charts = ReadonlyMap<KubeObject, KubeObject | undefined>

/** The charts of those of the objects that are releases with a chart of one of the sources. */
export const chartsAmong = async (
  kube: Kube,
  objects: readonly (KubeObject | undefined)[],
  sources: ReadonlyMap<string, KubeObject | undefined>,
): Promise<Charts> =>
  new Map(
    await Promise.all(
      objects.flatMap((object) => {
        if (!object || !isHelmRelease(object) || !sources.has(sourceKeyOf(object, '') ?? '')) return []
        const ref = chartRefOf(object)
        return [Promise.resolve(ref && kube.get(ref)).then((chart) => [object, chart] as const)]
      }),
    ),
  )

const chartRefOf = (release: KubeObject): Ref | undefined => {
  const [namespace, name] = (textAt(release, 'status', 'helmChart') ?? '').split('/')
  return namespace === undefined || name === undefined
    ? undefined
    : { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart', namespace, name }
}

/**
 * Whether a release runs the chart that is made of what its source holds by now. Another controller makes charts, so that a request may be
 * answered with the chart of before; and where a chart is made for another version alone (`reconcileStrategy: ChartVersion`), no
 * version tells that it has looked.
 */
export const verdictOfChart = (
  release: KubeObject,
  chart: KubeObject | undefined,
  source: KubeObject | undefined,
): ObjectVerdict => {
  const held = textAt(source, 'status', 'artifact', 'revision')
  if (held === undefined) return { is: 'done' }
  if (!chart || textAt(chart, 'status', 'observedSourceArtifactRevision') !== held || !isMade(chart))
    return { is: 'waiting', why: 'Flux has not seen the new files yet' }
  const version = textAt(chart, 'status', 'artifact', 'revision')
  return version === undefined || textAt(release, 'status', 'lastAttemptedRevision') === version
    ? { is: 'done' }
    : { is: 'waiting', why: `Flux has not taken up chart ${version} yet` }
}

const isMade = (chart: KubeObject): boolean =>
  stateOf(chart).ready?.status === 'True' &&
  (numberAt(chart, 'status', 'observedGeneration') ?? -1) >= (numberAt(chart, 'metadata', 'generation') ?? 0)
