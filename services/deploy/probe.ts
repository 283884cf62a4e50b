import { numberAt } from '../../core/fields.ts'
import type { Kube, KubeObject, Query } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { NodeStarts } from '../../cluster/ready/node-starts.ts'
import { readyNow } from '../../cluster/ready/ready-now.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import type { Status } from '../../core/step.ts'
import type { ReleaseName } from '../helm/release.ts'
import { revisionsOf } from '../helm/release.ts'
import { definedKind, scopeOf } from '../../manifests/kinds/built-in.ts'
import { isCrd } from '../../manifests/kinds/kind.ts'
import { deadEnds, listKey } from './dead-ends.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'

export type Probed = {
  readonly id: string
  readonly namespace: string
  readonly objects: readonly KubeObject[] | undefined
  readonly release: ReleaseName | undefined
  readonly apiServices: readonly string[]
}

/** How a deployable stands, asked once: helm's own word, every object there, every workload ready. */
export const probeDeployed = async (kube: Kube, probed: Probed, starts?: NodeStarts): Promise<Status> => {
  const { release, namespace, apiServices } = probed
  const [revisions, objects] = await Promise.all([
    release ? revisionsOf(kube, release) : undefined,
    probed.objects ?? workloadsOf(kube, probed),
  ])
  if (revisions) {
    const last = revisions.at(-1)
    if (!last) return { state: 'absent' }
    if (last.status !== 'deployed') return { state: 'broken', why: `helm left the release ${last.status}` }
  }
  const lists = new Map<string, readonly KubeObject[]>()
  const listed: Listed = (query, found) => void lists.set(listKey(query.kind, query.namespace), found)
  const missing = await missingObjects(kube, objects.filter(stays), namespace, listed)
  const [first] = missing
  if (first) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : ''
    return { state: 'broken', why: `${showRef(refOf(first))}${more} ${missing.length > 1 ? 'are' : 'is'} gone` }
  }
  const stands = await readyNow(kube, { objects, apiServices, namespace }, starts, listed)
  if (stands.state !== 'ready') return stands
  const own = objects.map((one): KubeObject => {
    const within = namespaceOf(one, namespace)
    return within === undefined ? one : { ...one, metadata: { ...one.metadata, namespace: within } }
  })
  const flaws = deadEnds(own, lists)
  return flaws.length === 0 ? stands : { ...stands, note: flaws.join('; ') }
}

type Listed = (query: Query, objects: readonly KubeObject[]) => void

/** What carries the step's label, where nothing is rendered that would tell: its workloads, and what makes them reachable. */
export const workloadsOf = async (
  kube: Kube,
  { id, namespace }: { readonly id: string; readonly namespace: string },
): Promise<readonly KubeObject[]> => {
  const labelSelector = `${labels.step}=${stepLabel(id)}`
  const kinds: readonly (readonly [string, string])[] = [
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['v1', 'Service'],
    ['networking.k8s.io/v1', 'Ingress'],
  ]
  const lists = kinds.map(([apiVersion, kind]) => kube.list({ apiVersion, kind, namespace, labelSelector }))
  return (await Promise.all(lists)).flat()
}

/** Hooks come and go; a Job with a time to live is deleted once it is done. */
const stays = (object: KubeObject): boolean => {
  const ttlSecondsAfterFinished = numberAt(object, 'spec', 'ttlSecondsAfterFinished')
  return !isHook(object) && !(object.kind === 'Job' && ttlSecondsAfterFinished !== undefined)
}

const missingObjects = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  listed: Listed,
): Promise<readonly KubeObject[]> => {
  const groups = Map.groupBy(
    objects.filter((object) => !isCrd(object)),
    (object) => [object.apiVersion, object.kind, namespaceOf(object, namespace) ?? ''].join(' '),
  )
  const missing = await Promise.all(
    [...groups.values()].map(async (group) => {
      const [first] = group
      if (!first) return []
      const within = namespaceOf(first, namespace)
      const { apiVersion, kind } = first
      const query = { apiVersion, kind, ...(within === undefined ? {} : { namespace: within }) }
      const live = await kube.list(query)
      listed(query, live)
      const names = new Set(live.map(({ metadata }) => metadata.name))
      return group.filter(({ metadata }) => !names.has(metadata.name))
    }),
  )
  return [...missing.flat(), ...(await missingDefinitions(kube, objects.filter(isCrd)))]
}

const namespaceOf = (object: KubeObject, namespace: string): string | undefined =>
  scopeOf(object) === 'cluster' ? undefined : (object.metadata.namespace ?? namespace)

/** Definitions weigh half a megabyte each: what the API serves tells the same. */
const missingDefinitions = async (kube: Kube, objects: readonly KubeObject[]): Promise<readonly KubeObject[]> => {
  const found = await Promise.all(
    objects.map(async (object) => {
      const defined = definedKind(object)
      const [version] = defined?.versions ?? []
      if (!defined || version === undefined) return []
      const served = await kube.served(`${defined.group}/${version}`)
      return served.some(({ kind }) => kind === defined.kind) ? [] : [object]
    }),
  )
  return found.flat()
}
