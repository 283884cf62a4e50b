import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { mapsAt, textAt } from '../../core/fields.ts'
import { applicationRef } from './application.ts'
import { unmarkedForArgocd } from './deployed.ts'
import { pause } from './remove.ts'
import { changeOwners, managers, partOwnedBy } from '../hand-over.ts'
import { refOf } from '../../cluster/kube/ref.ts'

const tracking = 'argocd.argoproj.io/tracking-id'

/**
 * Makes kindup the owner of all that an Application in the cluster asks for, whoever wrote it: `source.helm` of one that was
 * applied by hand would stay beside the packed objects. Throws `sync-failed` where something in the cluster would write it back.
 */
export const takeOver = async (
  kube: Kube,
  live: KubeObject,
  labels: Readonly<Record<string, string>>,
): Promise<void> => {
  const maker = makerOf(live)
  const { name, namespace = '' } = live.metadata
  const parentRef = maker?.kind === 'Application' ? applicationRef(maker) : undefined
  const parent = parentRef && (await kube.get(parentRef))
  // The parent may be gone by now, and its mark is still there. One that is kindup's too is to make it no longer.
  if (parentRef && parent && Object.keys(labels).every((key) => parent.metadata.labels?.[key] !== undefined)) {
    await pause(kube, parentRef)
    await kube.mergePatch(refOf(live), unmarkedForArgocd)
  } else if (maker && (!parentRef || parent))
    throw new EnvironmentError(
      'sync-failed',
      `Application ${namespace}/${name} is made by the ${maker.kind} ${maker.name} in the cluster, which would change it back.`,
      { hints: maker.hints },
    )
  await changeOwners(kube, refOf(live), (entries) => partOwnedBy(entries, 'f:spec', managers.kindup))
}

type Maker = { readonly kind: string; readonly home: string; readonly name: string; readonly hints: readonly string[] }

/** What of the cluster makes an Application and keeps it as it is. */
export const makerOf = (live: KubeObject): Maker | undefined => {
  const { name, namespace = '', annotations } = live.metadata
  const kubectl = `kubectl --namespace ${namespace}`
  const set = mapsAt(live, 'metadata', 'ownerReferences').find((one) => textAt(one, 'kind') === 'ApplicationSet')
  if (set) {
    const of = textAt(set, 'name') ?? ''
    return {
      kind: 'ApplicationSet',
      home: namespace,
      name: of,
      hints: [`${kubectl} delete applicationset ${of} --cascade=orphan   # what it made stays`],
    }
  }
  // `parent:argoproj.io/Application:argocd/name`; of a parent in another namespace `namespace_parent`.
  const [, above = '', of] = /^([^:]+):argoproj\.io\/Application:(.+)$/.exec(annotations?.[tracking] ?? '') ?? []
  if (of !== `${namespace}/${name}`) return undefined
  const [parent = above, home = namespace] = above.split('_').toReversed()
  return {
    kind: 'Application',
    home,
    name: parent,
    hints: [
      `kubectl --namespace ${home} patch application ${parent} --type merge --patch '{"metadata":{"finalizers":null}}'   # what it deployed stays`,
      `kubectl --namespace ${home} delete application ${parent}`,
    ],
  }
}
