import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { textAt } from '../../core/fields.ts'
import { poll, waitFor, type Verdict } from '../../core/wait.ts'
import { scopeOf } from '../../manifests/kinds/built-in.ts'
import { waitGone } from '../remove/gone.ts'
import { endOf } from './hook-jobs.ts'

/** Before anything else is applied, and once all of it is ready. At each sync, as Argo CD runs them. */
const moments = { before: /^pre-(?:install|upgrade)$/, after: /^post-(?:install|upgrade)$/ } as const
export type HookMoment = keyof typeof moments

/**
 * Runs helm's hooks of one moment where whoever deploys knows none: by weight, one after the other, each to its end. Throws
 * `wait-failed` naming the one that fails. An earlier one of the same name goes first.
 */
export const runHooks = async (
  kube: Kube,
  objects: readonly KubeObject[],
  moment: HookMoment,
  namespace: string,
  ctx: Context,
): Promise<void> => {
  for (const hook of hooksAt(objects, moment)) {
    const object = inPlace(hook, namespace)
    const ref = refOf(object)
    if ((await kube.get(ref))?.metadata.annotations?.['helm.sh/hook'] !== undefined) {
      await kube.delete(ref)
      await waitGone(kube, [ref], ctx, ctx.timeoutMs)
    }
    await kube.apply(object)
    await waitFor(
      undefined,
      poll(() => ended(kube, ref), 250),
      ctx,
    )
    if (wordsOf(hook, 'hook-delete-policy').includes('hook-succeeded')) await kube.delete(ref)
  }
}

/** In the order in which they run: by weight, and what others read before those who read it. */
export const hooksAt = (objects: readonly KubeObject[], moment: HookMoment): readonly KubeObject[] =>
  objects
    .filter((object) => wordsOf(object, 'hook').some((type) => moments[moment].test(type)))
    .toSorted((a, b) => weightOf(a) - weightOf(b) || Number(runs(a)) - Number(runs(b)))

const wordsOf = ({ metadata: { annotations } }: KubeObject, key: string): readonly string[] =>
  (annotations?.[`helm.sh/${key}`] ?? '').split(',').map((word) => word.trim())

const weightOf = ({ metadata: { annotations } }: KubeObject): number =>
  Number(annotations?.['helm.sh/hook-weight'] ?? 0) || 0

const runs = ({ kind }: Pick<Ref, 'kind'>): boolean => kind === 'Job' || kind === 'Pod'

const inPlace = (object: KubeObject, namespace: string): KubeObject =>
  scopeOf(object) === 'cluster'
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespace } }

const ended = async (kube: Kube, ref: Ref): Promise<Verdict<undefined>> => {
  if (!runs(ref)) return { done: undefined }
  const live = await kube.get(ref)
  if (!live) return { failed: `the hook ${showRef(ref)} was deleted while it ran` }
  const phase = textAt(live, 'status', 'phase')
  const end = ref.kind === 'Job' ? endOf(live) : phase === 'Succeeded' ? 'Complete' : phase
  if (end === 'Failed') return { failed: `the hook ${showRef(ref)} failed` }
  return end === 'Complete' ? { done: undefined } : { waiting: `the hook ${showRef(ref)} runs` }
}
