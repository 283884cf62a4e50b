import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { deployerFor } from '../../gitops/deployers.ts'
import { releaseOf, type Deployable } from '../../manifests/deployable.ts'
import { scopeOf } from '../../manifests/kinds/built-in.ts'
import { isNamespace } from '../../manifests/kinds/kind.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { claimsOf } from '../remove/claims.ts'
import type { Undo } from '../remove/undo.ts'

/** What takes a deployable away again. */
export const undoOf = (deployable: Deployable, rendered: Rendered): Undo => {
  const { namespace, delivery, beforeRemoval = [] } = deployable
  const release = releaseOf(deployable)
  const documents = rendered.objects?.map(({ object }) => object) ?? []
  const applied = release ? rendered.exposed : [...documents, ...rendered.exposed]
  const own = applied.filter((object) => !isNamespace(object))
  const inNamespace = (object: KubeObject) =>
    scopeOf(object) === 'cluster'
      ? refOf(object)
      : { ...refOf(object), namespace: object.metadata.namespace ?? namespace }
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
    objects: own.map(inNamespace),
    hooks: release ? documents.filter(isHook).map(inNamespace) : [],
    customKinds: [...new Set([...beforeRemoval, ...rendered.defines])],
    namespaces: [...new Set([namespace, ...named])],
    claims: claimsOf(documents, namespace),
    hosts: rendered.hosts,
  }
}
