import { isDeepStrictEqual } from 'node:util'
import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { labels, specAnnotation } from '../transform/step-label.ts'
import { waitGone } from './gone.ts'

/**
 * Deletes what cannot be changed in place and holds nothing, before it is applied again or upgraded by helm: Jobs whose spec is
 * another now, or that have failed, and bindings that give another role.
 */
export const replaceImmutable = async (
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  ctx: Context,
): Promise<void> => {
  const own = objects.filter(({ metadata }) => metadata.annotations?.['helm.sh/hook'] === undefined)
  const stale = await Promise.all(
    own.map(async (object): Promise<readonly Ref[]> => {
      const differs = immutable[object.kind]
      if (!differs || !/^(?:batch|rbac\.authorization\.k8s\.io)\//.test(object.apiVersion)) return []
      const isCluster = object.kind === 'ClusterRoleBinding'
      const ref = { ...refOf(object), ...(isCluster ? {} : { namespace: object.metadata.namespace ?? namespace }) }
      const live = await kube.get(ref)
      return live && differs(live, object) ? [ref] : []
    }),
  )
  const refs = stale.flat()
  await Promise.all(refs.map((ref) => kube.delete(ref)))
  if (refs.length > 0) await waitGone(kube, refs, ctx, ctx.timeoutMs)
}

type Differs = (live: KubeObject, wanted: KubeObject) => boolean

/** `kindup.dev/spec` tells, which every Job gets on its way through the one place. A failed one would stay so for ever, although what it wanted may be there by now. */
const job: Differs = (live, wanted) => {
  const before = live.metadata.annotations?.[specAnnotation]
  return (before !== undefined && before !== wanted.metadata.annotations?.[specAnnotation]) || hasFailed(live)
}

/** Those of others are theirs. */
const binding: Differs = (live, wanted) =>
  live.metadata.labels?.[labels.cluster] !== undefined && !isDeepStrictEqual(live['roleRef'], wanted['roleRef'])

const immutable: Readonly<Record<string, Differs | undefined>> = {
  Job: job,
  RoleBinding: binding,
  ClusterRoleBinding: binding,
}

const hasFailed = (live: KubeObject): boolean => {
  const { conditions = [] } = (live['status'] ?? {}) as {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  }
  return conditions.some(({ type, status }) => type === 'Failed' && status === 'True')
}
