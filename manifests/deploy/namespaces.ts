import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { definedKind } from '../kinds/built-in.ts'
import { labels } from '../transform/step-label.ts'
import { waitGone } from './gone.ts'

/** On namespaces that kindup made because they were missing. */
const madeLabel = 'kindup.dev/made'

const refTo = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', name })

/** Makes a namespace where it is missing, and waits for one that is still being deleted. `release` lets helm adopt it where its chart renders it too. */
export const ensureNamespace = async (
  kube: Kube,
  name: string,
  cluster: string,
  ctx: Context,
  release?: string,
): Promise<void> => {
  const found = await kube.get(refTo(name))
  if (found && found.metadata.deletionTimestamp === undefined) return
  if (found) await waitGone(kube, [refTo(name)], ctx, ctx.timeoutMs)
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        [labels.cluster]: cluster,
        [madeLabel]: 'namespace',
        ...(release === undefined ? {} : { 'app.kubernetes.io/managed-by': 'Helm' }),
      },
      ...(release === undefined
        ? {}
        : { annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': name } }),
    },
  })
}

/** Whether a namespace is there, and kindup made it. */
export const madeByUs = async (kube: Kube, name: string): Promise<boolean> =>
  (await kube.get(refTo(name)))?.metadata.labels?.[madeLabel] !== undefined

/** Deletes a namespace that kindup made, unless something of others is in it, which is said. */
export const removeNamespace = async (kube: Kube, name: string, ctx: Context): Promise<void> => {
  const found = await kube.get(refTo(name))
  if (found?.metadata.labels?.[madeLabel] === undefined || found.metadata.deletionTimestamp !== undefined) return
  const left = await othersIn(kube, name)
  // Of several steps that leave a namespace, the last one finds it empty.
  const foreign = left.filter(
    (object) => object.metadata.labels?.[labels.cluster] === undefined && !isReleaseSecret(object),
  )
  const [first] = foreign
  if (first) {
    const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''
    ctx.warn(`The namespace ${name} stays: it holds ${first.kind} ${first.metadata.name}${more}.`)
  }
  if (left.length > 0) return
  ctx.report(`deleting the namespace ${name}`)
  await kube.delete(refTo(name))
  await waitGone(kube, [refTo(name)], ctx, ctx.timeoutMs)
}

/** helm labels its own Secrets as it likes: whose the release is, its objects tell. */
const isReleaseSecret = (object: KubeObject): boolean => object['type'] === 'helm.sh/release.v1'

/** Kinds that people and steps put into a namespace; Kubernetes itself adds others. */
const worthKeeping: readonly (readonly [string, readonly string[]])[] = [
  ['v1', ['Pod', 'Service', 'PersistentVolumeClaim', 'ReplicationController']],
  ['apps/v1', ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']],
  ['batch/v1', ['Job', 'CronJob']],
  ['networking.k8s.io/v1', ['Ingress']],
]

/** Kinds that controllers make too: they count when a person or a tool of theirs wrote them. */
const oftenMade = ['Secret', 'ConfigMap']

const othersIn = async (kube: Kube, namespace: string): Promise<readonly KubeObject[]> => {
  const listed = await Promise.all(
    worthKeeping.flatMap(([apiVersion, kinds]) => kinds.map((kind) => kube.list({ apiVersion, kind, namespace }))),
  )
  const made = await Promise.all(oftenMade.map((kind) => kube.list({ apiVersion: 'v1', kind, namespace })))
  const custom = await customIn(kube, namespace)
  return [...listed.flat(), ...made.flat().filter(writtenBySomebody), ...custom].filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined && (metadata.ownerReferences ?? []).length === 0,
  )
}

const customIn = async (kube: Kube, namespace: string): Promise<readonly KubeObject[]> => {
  const definitions = await kube.list({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' })
  const kinds = definitions.flatMap((definition) => {
    const defined = definedKind(definition)
    const [version] = defined?.versions ?? []
    return defined?.scope === 'namespaced' && version !== undefined
      ? [{ apiVersion: `${defined.group}/${version}`, kind: defined.kind }]
      : []
  })
  return (await Promise.all(kinds.map((kind) => kube.list({ ...kind, namespace })))).flat()
}

const writtenBySomebody = ({ metadata }: KubeObject): boolean => {
  const fields = (metadata as { readonly managedFields?: readonly { readonly manager?: string }[] }).managedFields ?? []
  return fields.some(({ manager = '' }) =>
    /^(?:kubectl|helm|kindup|k9s|argocd-controller|kustomize-controller)/i.test(manager),
  )
}
