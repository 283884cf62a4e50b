import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { isBuiltIn, scopeOf } from '../../manifests/kinds/built-in.ts'
import { isCrd } from '../../manifests/kinds/kind.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { awayWebhook } from '../remove/webhooks.ts'

/** What the API said of an object; `placed` has its namespace. */
export type Tried = { readonly object: KubeObject; readonly placed: KubeObject; readonly error: EnvironmentError }

type Tries = {
  readonly failed: readonly Tried[]
  /** Those whose namespace is not there yet: nobody can be asked about them. */
  readonly homeless: readonly KubeObject[]
}

/**
 * Has the API try to apply objects, some at a time; nothing is changed. Kinds that it does not serve yet are left out. Once a
 * webhook or the API itself does not answer, the rest is not asked: each would wait as long.
 */
export const tryObjects = async (kube: Kube, objects: readonly KubeObject[], namespace: string): Promise<Tries> => {
  // Definitions may be outlines here, hooks are made again each time, and what has no name of its own cannot be applied.
  const asked = objects.filter((object) => !isCrd(object) && !isHook(object) && object.metadata.name !== '')
  const placed = await Promise.all(
    asked.map(async (object) => ({ object, placed: await inPlace(kube, object, namespace) })),
  )
  const homes = [...new Set(placed.flatMap((one) => one.placed?.metadata.namespace ?? []))]
  const there = new Set(
    (
      await Promise.all(
        homes.map(async (name) => ((await kube.get({ apiVersion: 'v1', kind: 'Namespace', name })) ? [name] : [])),
      )
    ).flat(),
  )
  const homeless: KubeObject[] = []
  let isAway = false
  const failed = await inParallel(placed, 8, async (one): Promise<readonly Tried[]> => {
    const home = one.placed?.metadata.namespace
    if (home !== undefined && !there.has(home)) homeless.push(one.object)
    if (!one.placed || isAway || (home !== undefined && !there.has(home))) return []
    try {
      await kube.tryApply(one.placed)
      return []
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      isAway ||= error.code === 'api-unreachable' || awayWebhook(error) !== undefined
      return [{ object: one.object, placed: one.placed, error }]
    }
  })
  return { failed: failed.flat(), homeless }
}

/** What the API says of an object under a name that nothing has; undefined where it takes it. */
export const tryBesideIt = async (kube: Kube, object: KubeObject): Promise<EnvironmentError | undefined> => {
  const { resourceVersion: _r, uid: _u, ...metadata } = object.metadata
  const name = `${metadata.name.slice(0, 40).replace(/[^a-z0-9]+$/, '')}-kindup-try`
  try {
    await kube.tryApply({ ...object, metadata: { ...metadata, name } })
    return undefined
  } catch (error) {
    if (error instanceof EnvironmentError) return error
    throw error
  }
}

/** Undefined where the API does not serve the kind yet. */
const inPlace = async (kube: Kube, object: KubeObject, namespace: string): Promise<KubeObject | undefined> => {
  const scope = scopeOf(object) ?? (await servedScope(kube, object))
  if (scope === undefined) return undefined
  const { namespace: own, ...metadata } = object.metadata
  return scope === 'cluster'
    ? { ...object, metadata }
    : { ...object, metadata: { ...metadata, namespace: own ?? namespace } }
}

const servedScope = async (kube: Kube, object: KubeObject): Promise<'cluster' | 'namespaced' | undefined> => {
  if (isBuiltIn(object)) return undefined
  const served = (await kube.served(object.apiVersion)).find(({ kind }) => kind === object.kind)
  return served && (served.namespaced ? 'namespaced' : 'cluster')
}
