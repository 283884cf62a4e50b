import type { Kube } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { labels, madeLabel } from '../../manifests/transform/step-label.ts'
import { waitNamespaceGone } from './namespace-end.ts'
import { listContents, showOthers } from './others.ts'
import type { Own } from './own.ts'

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
  if (found) await waitNamespaceGone(kube, name, ctx)
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

/** No cluster is without them, whoever renders them too. */
const ofCluster = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'kindup'])

/** Whether a namespace is there, and kindup made it. */
export const madeByUs = async (kube: Kube, name: string): Promise<boolean> =>
  (await kube.get(refTo(name)))?.metadata.labels?.[madeLabel] !== undefined

/**
 * Deletes a namespace that kindup made, unless something of others is in it, which is said. What other steps of the
 * record have in it keeps it too: the last of them finds it empty.
 */
export const removeNamespace = async (kube: Kube, name: string, own: Own, ctx: Context): Promise<void> => {
  const found = await kube.get(refTo(name))
  if (
    ofCluster.has(name) ||
    found?.metadata.labels?.[madeLabel] === undefined ||
    found.metadata.deletionTimestamp !== undefined
  )
    return
  if (!(await isEmpty(kube, name, own, ctx))) return
  ctx.report(`deleting the namespace ${name}`)
  await kube.delete(refTo(name))
  await waitNamespaceGone(kube, name, ctx)
}

/** Whether nothing but what Kubernetes makes itself is in a namespace; what of others is in it is said. */
const isEmpty = async (kube: Kube, name: string, own: Own, ctx: Context): Promise<boolean> => {
  const inside = await listContents(kube, name, own)
  const { own: ofSteps, others, untold } = inside
  // A step that leaves it later says so, once.
  if (ofSteps.length > 0) return false
  const command = `\`kubectl delete namespace ${name}\``
  if (others.length > 0)
    ctx.warn(
      `The namespace ${name} stays: it holds ${showOthers(others, name)}, which kindup did not make. ${command} deletes it with all that is in it.`,
    )
  const [first] = untold
  if (first)
    ctx.warn(
      `The namespace ${name} stays: nobody can tell what it holds of ${untold.map(({ what }) => what).join(', ')}. ${first.why}${deadServices(untold)}`,
    )
  return others.length === 0 && untold.length === 0
}

/** Whoever deletes a namespace now would wait for it for ever. */
const deadServices = (untold: readonly { readonly what: string }[]): string => {
  const services = untold.flatMap(({ what }) => {
    const [, group, version] = /^([^ /]+)\/([^ /]+)$/.exec(what) ?? []
    return group === undefined || version === undefined ? [] : [`${version}.${group}`]
  })
  return services.length === 0
    ? ''
    : `. Where nothing serves it any more: \`kubectl delete apiservice ${services.join(' ')}\`.`
}
