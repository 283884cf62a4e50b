import type { Kube, KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { EnvironmentError, messageOf } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { definedKind } from '../../manifests/kinds/built-in.ts'
import { isCrd } from '../../manifests/kinds/kind.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { deleteForGood } from './gone.ts'
import { isOfKubernetes } from './of-kubernetes.ts'
import { showOthers } from './others.ts'

const definitions = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' }

/**
 * Deletes the objects of the given `group/Kind`s that this step made, and what goes with them, kind after kind in this
 * order, while their controllers still run: with those gone, finalizers hang, and with them namespaces. Those of others stay.
 */
export const removeCustomResources = async (
  kube: Kube,
  id: string,
  kinds: readonly string[],
  ctx: Context,
): Promise<void> => {
  if (kinds.length === 0) return
  const known = await kube.list(definitions)
  const lists = await Promise.all(kinds.map((kind) => objectsOf(kube, kind, known)))
  const all = new Map(lists.flat().map((object) => [object.metadata.uid, object]))
  const isOurs = (object: KubeObject, seen: readonly KubeObject[] = []): boolean =>
    isMadeBy(id, object) ||
    (object.metadata.ownerReferences ?? []).some(({ uid }) => {
      const owner = all.get(uid)
      return owner !== undefined && !seen.includes(owner) && isOurs(owner, [...seen, object])
    })
  for (const [index, kind] of kinds.entries()) {
    const refs = (lists[index] ?? []).filter((object) => isOurs(object)).map(refOf)
    if (refs.length === 0) continue
    ctx.report(`deleting ${refs.length} ${kind.split('/').at(-1)}`)
    await deleteForGood(kube, refs, ctx)
  }
}

/** By its label, and by who wrote it: a copy that somebody made has the labels too. */
const isMadeBy = (id: string, { metadata: { labels: has, managedFields = [] } }: KubeObject): boolean =>
  has?.[labels.step] === stepLabel(id) &&
  (managedFields.length === 0 ||
    managedFields.some(({ manager = '' }) => /^(?:kindup|helm|argocd-controller|kustomize-controller)$/.test(manager)))

const objectsOf = async (kube: Kube, kind: string, known: readonly KubeObject[]): Promise<readonly KubeObject[]> => {
  const definition = known.find((one) => {
    const defined = definedKind(one)
    return defined !== undefined && `${defined.group}/${defined.kind}` === kind
  })
  return definition ? instancesOf(kube, definition) : []
}

const instancesOf = async (kube: Kube, definition: KubeObject): Promise<readonly KubeObject[]> => {
  const defined = definedKind(definition)
  const [version] = defined?.versions ?? []
  if (!defined || version === undefined) return []
  return kube.listMetadata({ apiVersion: `${defined.group}/${version}`, kind: defined.kind })
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
  await deleteForGood(kube, await withoutUsed(kube, kept.map(refOf), ctx), ctx)
}

/** The references without definitions of which objects are left: with a definition all of them would go. That is said. */
export const withoutUsed = async (kube: Kube, refs: readonly Ref[], ctx: Context): Promise<readonly Ref[]> => {
  const free = await Promise.all(
    refs.map(async (ref) => {
      const why = isCrd(ref) ? await whyUsed(kube, ref) : undefined
      if (why === undefined) return [ref]
      ctx.warn(
        `The definition ${ref.name} stays: ${why}. \`kubectl delete crd ${ref.name}\` deletes it with every object of it.`,
      )
      return []
    }),
  )
  return free.flat()
}

const whyUsed = async (kube: Kube, ref: Ref): Promise<string | undefined> => {
  const definition = await kube.get(ref)
  if (!definition) return undefined
  try {
    const left = (await instancesOf(kube, definition)).filter(
      (object) => object.metadata.deletionTimestamp === undefined && !isOfKubernetes(object),
    )
    return left.length === 0 ? undefined : `it has ${showOthers(left)}`
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    return `nobody can tell which objects of it are left (${messageOf(error)})`
  }
}
