import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { Context } from '../../core/step.ts'
import { definedKind } from '../kinds/built-in.ts'
import { deleteForGood } from './gone.ts'

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }

/**
 * Deletes every object of the given `group/Kind`s, kind after kind in this order, while their controllers still run:
 * with those gone, finalizers hang, and with them namespaces.
 */
export const removeCustomResources = async (kube: Kube, kinds: readonly string[], ctx: Context): Promise<void> => {
  if (kinds.length === 0) return
  const known = await kube.list(definitions)
  for (const kind of kinds) {
    const refs = await objectsOf(kube, kind, known)
    if (refs.length === 0) continue
    ctx.report(`deleting ${refs.length} ${kind.split('/').at(-1)}`)
    await deleteForGood(kube, refs, ctx)
  }
}

const objectsOf = async (kube: Kube, kind: string, known: readonly KubeObject[]): Promise<readonly Ref[]> => {
  const defined = known.map(definedKind).find((one) => one !== undefined && `${one.group}/${one.kind}` === kind)
  const [version] = defined?.versions ?? []
  if (!defined || version === undefined) return []
  const objects = await kube.list({ apiVersion: `${defined.group}/${version}`, kind: defined.kind })
  return objects.map(refOf)
}

/** Definitions that a release made and was told to keep (`helm.sh/resource-policy`): nobody is left to use them. */
export const removeKeptDefinitions = async (
  kube: Kube,
  { release, namespace }: { readonly release: string; readonly namespace: string },
  ctx: Context,
): Promise<void> => {
  const kept = (await kube.list(definitions)).filter(
    ({ metadata: { annotations } }) =>
      annotations?.['meta.helm.sh/release-name'] === release &&
      annotations['meta.helm.sh/release-namespace'] === namespace,
  )
  await deleteForGood(kube, kept.map(refOf), ctx)
}
