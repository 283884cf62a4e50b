import { textAt } from '../../core/fields.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'

type Known = { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }

/** Applications of a project that nothing of the plan brings: Argo CD refuses those, and does not even delete them. */
export const applicationProjects = (known: readonly Known[]): readonly Problem[] => {
  const brought = new Set(
    known.flatMap(({ documents }) =>
      documents.flatMap(({ object }) => (groupKind(object) === 'argoproj.io/AppProject' ? [object.metadata.name] : [])),
    ),
  )
  const seen = new Set<string>()
  return known.flatMap(({ deployable, documents }) =>
    projectsOf(deployable, documents).flatMap(({ application, project, at }): readonly Problem[] => {
      if (project === 'default' || brought.has(project) || seen.has(project)) return []
      seen.add(project)
      return [
        {
          severity: 'warning',
          message: `Application ${application} is of the project ${project}, and nothing in the plan brings that AppProject: where the cluster lacks it, Argo CD deploys nothing of it.`,
          at,
          step: deployable.id,
          hint: `A service that brings it, and \`needs\` of this one: ${project}: { deploy: { manifests: [./FILE.yaml] }, namespace: ${deployable.delivery?.home ?? 'argocd'} }`,
        },
      ]
    }),
  )
}

const projectsOf = (
  { delivery, at }: Deployable,
  documents: readonly RenderedObject[],
): readonly { readonly application: string; readonly project: string; readonly at: Place }[] => {
  const adopted = delivery?.application
  const own = adopted ? [{ application: delivery.name, project: textAt(adopted.spec, 'project') ?? 'default', at }] : []
  const asTheyAre = documents.flatMap((document) =>
    groupKind(document.object) === 'argoproj.io/Application'
      ? [
          {
            application: document.object.metadata.name,
            project: textAt(document.object, 'spec', 'project') ?? 'default',
            at: document.at,
          },
        ]
      : [],
  )
  return [...own, ...asTheyAre]
}
