import type { Status } from '../../core/step.ts'
import type { Kube, KubeObject, Query } from '../kube/kube.ts'
import { makePodDetails } from './pod-details.ts'
import type { NodeStarts } from './node-starts.ts'
import { assessRelease } from './release.ts'
import { lineWithLogs } from './report-line.ts'
import { queriesFor } from './sources.ts'
import { refOfTarget, watchedOf } from './targets.ts'
import type { Targets } from './targets.ts'

/** How the targets stand now, asked once; `starts` is since when nodes run: ready, absent when nothing of them is there, or broken and why. */
export const readyNow = async (
  kube: Kube,
  targets: Targets,
  starts?: NodeStarts,
  /** Hears each list that was asked for. */
  listed: (query: Query, objects: readonly KubeObject[]) => void = () => undefined,
): Promise<Status> => {
  const watched = watchedOf(targets)
  const asked = await Promise.all([
    ...queriesFor(watched).map(async (query) => {
      const objects = await kube.list(query)
      listed(query, objects)
      return objects
    }),
    ...watched
      .filter(({ kind }) => kind === 'CustomResourceDefinition')
      .map(async (target): Promise<readonly KubeObject[]> =>
        [await kube.get(refOfTarget(target))].filter((one) => one !== undefined),
      ),
  ])
  const live = { objects: asked.flat(), nodesReady: true, now: Date.now(), proveMs: 0, ...(starts && { starts }) }
  const closer = makePodDetails(kube)
  const first = assessRelease(watched, { ...live, events: [] })
  const open = first.filter(({ readiness }) => readiness.is !== 'ready')
  if (open.length === 0) return { state: 'ready' }
  if (first.every(({ readiness }) => readiness.is === 'absent')) return { state: 'absent' }
  const events = await closer.events(first)
  const assessed = assessRelease(watched, { ...live, events })
  return { state: 'broken', why: await lineWithLogs(assessed, closer) }
}
