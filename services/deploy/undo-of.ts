import { isHook } from '../../cluster/ready/targets.ts'
import { applicationRef } from '../../gitops/argocd/application.ts'
import { deployerFor } from '../../gitops/deployers.ts'
import { releaseOf, type Deployable } from '../../manifests/deployable.ts'
import { isNamespace } from '../../manifests/kinds/kind.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { claimsOf } from '../remove/claims.ts'
import type { Undo } from '../remove/undo.ts'
import { deployedRef } from './deployed-ref.ts'

/** What takes a deployable away again. */
export const undoOf = (deployable: Deployable, rendered: Rendered): Undo => {
  const { namespace, delivery, makes = [], creates = [], beforeRemoval = [] } = deployable
  const release = releaseOf(deployable)
  const documents = rendered.objects?.map(({ object }) => object) ?? []
  const applied = release ? rendered.exposed : [...documents, ...rendered.exposed]
  const own = applied.filter((object) => !isNamespace(object))
  const named = documents.flatMap(
    (object) => (isNamespace(object) ? object.metadata.name : object.metadata.namespace) ?? [],
  )
  return {
    applications: delivery
      ? deployerFor(delivery).refs(
          delivery,
          documents.map((object) => ({ ...object, metadata: { namespace, ...object.metadata } })),
        )
      : [],
    releases: release ? [release] : [],
    // Those whose maker is there carry no label of ours; until it is, they wait for it with the label.
    objects: [...own.map((object) => deployedRef(object, namespace)), ...makes.map(applicationRef)],
    hooks: release ? documents.filter(isHook).map((object) => deployedRef(object, namespace)) : [],
    customKinds: [...new Set([...beforeRemoval, ...rendered.defines])],
    namespaces: [...new Set([namespace, ...named, ...makes.map((one) => one.namespace), ...creates])],
    claims: claimsOf(documents, namespace),
    hosts: rendered.hosts,
  }
}
