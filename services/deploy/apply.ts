import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Place } from '../../core/problem.ts'
import type { Context } from '../../core/step.ts'
import { scopeOf } from '../../manifests/kinds/built-in.ts'
import { isCrd } from '../../manifests/kinds/kind.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { withReplicas } from '../../manifests/transform/replicas.ts'
import { heldReplicas } from './autoscaled.ts'
import { changeOf, makeWay } from './immutable.ts'
import { inApplyOrder } from '../remove/order.ts'
import { replaceJobs } from './replace-jobs.ts'
import { untilWebhooksAnswer } from '../remove/webhooks.ts'

/** Where the text of an object stands, where that is known. */
export type PlaceOf = (object: KubeObject) => Place | undefined

/**
 * Applies objects in an order that works: definitions are Established before anything is made of them. What the API
 * refuses is thrown with its place.
 */
export const applyObjects = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
  placeOf: PlaceOf = () => undefined,
): Promise<void> => {
  await replaceJobs(kube, objects, namespace, ctx)
  const replicas = await heldReplicas(kube, objects, namespace)
  for (const group of inApplyOrder(objects)) {
    ctx.report(`applying ${group.length} ${group.length === 1 ? (group[0]?.kind ?? '') : 'objects'}`)
    await inParallel(group, 8, async (object) => {
      ctx.signal.throwIfAborted()
      const held = withReplicas(object, replicas, object.metadata.namespace ?? namespace)
      await applyOne(kube, await inItsNamespace(kube, held, namespace), ctx).catch((error: unknown) => {
        throw refusedAt(error, object, placeOf(object))
      })
    })
    const definitions = group.filter(isCrd)
    if (definitions.length > 0)
      await waitUntilReady(kube, { objects: definitions, namespace }, ctx, {
        what: 'The definitions',
        nodesReady: () => false,
      })
  }
}

const refusedAt = (error: unknown, { kind, metadata: { name } }: KubeObject, at: Place | undefined): unknown =>
  error instanceof EnvironmentError && ['api-refused', 'cannot-change', 'webhook-away'].includes(error.code) && at
    ? new EnvironmentError(error.code, error.message, {
        problems: [{ severity: 'error', message: `${kind} ${name} stands here.`, at }],
        hints: error.hints,
        cause: error,
      })
    : error

/** Scopes of kinds that are not built in are asked of the API. */
const inItsNamespace = async (kube: Kube, object: KubeObject, namespace: string): Promise<KubeObject> => {
  if (object.metadata.namespace) return object
  const scope = scopeOf(object) ?? (await servedScope(kube, object))
  return scope === 'namespaced' ? { ...object, metadata: { ...object.metadata, namespace } } : object
}

const servedScope = async (kube: Kube, { apiVersion, kind }: KubeObject) => {
  const served = (await kube.served(apiVersion)).find((one) => one.kind === kind)
  return served?.namespaced === false ? 'cluster' : 'namespaced'
}

const applyOne = async (kube: Kube, object: KubeObject, ctx: Context): Promise<void> => {
  const apply = () => untilWebhooksAnswer(() => kube.apply(object), ctx)
  try {
    await apply()
  } catch (error) {
    const change = await changeOf(kube, object, error)
    if (!change) throw error
    await makeWay(kube, object, { change, error }, ctx)
    await apply()
  }
}
