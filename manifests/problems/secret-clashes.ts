import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import type { KnownSecret } from './secret-uses.ts'

type Documents = { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }

/** Secrets that the file makes and that something renders too: each would undo the other. */
export const clashProblems = (rendered: readonly Documents[], known: readonly KnownSecret[]): readonly Problem[] =>
  rendered.flatMap(({ deployable: { id, namespace: home }, documents }) =>
    documents.flatMap(({ object: { apiVersion, kind, metadata }, at }): readonly Problem[] => {
      const { name, namespace = home } = metadata
      const ours = known.find(({ key, namespaces }) => key === name && namespaces.includes(namespace))
      if (apiVersion !== 'v1' || kind !== 'Secret' || !ours) return []
      return [
        {
          severity: 'error',
          step: id,
          at,
          message: `Secret ${namespace}/${name} is written by ${id} and by secret/${name}.`,
          hint: `Take it out of one of them, or give \`secrets.${name}\` another name.`,
        },
      ]
    }),
  )
