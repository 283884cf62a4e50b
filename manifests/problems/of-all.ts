import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { Problem } from '../../core/problem.ts'
import { showPlace } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { scopeOf } from '../kinds/built-in.ts'
import { identity, isCrd } from '../kinds/kind.ts'

type Owner = { readonly deployable: Deployable; readonly document: RenderedObject }

/** Objects that two deployables would both write: each would undo the other. */
export const ownershipProblems = (
  rendered: readonly { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }[],
): readonly Problem[] => {
  const owners = new Map<string, Owner>()
  return rendered.flatMap(({ deployable, documents }) =>
    documents.flatMap((document) => {
      const { object, at } = document
      // Several charts may bring one definition, a namespace is there to be shared, and the API makes names that nobody else has.
      if (isCrd(object) || object.kind === 'Namespace' || object.metadata.name === '') return []
      const namespace = object.metadata.namespace ?? (scopeOf(object) === 'cluster' ? undefined : deployable.namespace)
      const ref = { ...refOf(object), ...(namespace === undefined ? {} : { namespace }) }
      const owner = owners.get(identity(ref))
      if (!owner) owners.set(identity(ref), { deployable, document })
      if (!owner) return []
      const other = owner.deployable.id === deployable.id ? 'it too, twice' : owner.deployable.id
      return [
        {
          severity: 'error' as const,
          message: `${showRef(ref)} is written by ${deployable.id} and by ${other} (${showPlace(owner.document.at)}).`,
          at,
          step: deployable.id,
          hint: 'Give one of them another name or namespace; `{env}` and `{name}` make names differ.',
        },
      ]
    }),
  )
}
