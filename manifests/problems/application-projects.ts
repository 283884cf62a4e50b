import { textAt } from '../../core/fields.ts'
import type { Place, Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { addressOf } from '../../gitops/delivery.ts'
import { isAppProject, permitsArtifact } from '../kinds/app-projects.ts'
import { groupKind } from '../kinds/kind.ts'

type Known = { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }

/**
 * Applications of a project that nothing of the plan brings: Argo CD refuses those, and does not even delete them. And of one that does not
 * permit this repository.
 */
export const applicationProjects = (known: readonly Known[]): readonly Problem[] => {
  const brought = new Map(
    known
      .flatMap(({ documents }) => documents.filter(({ object }) => isAppProject(object)))
      .map((document) => [document.object.metadata.name, document] as const),
  )
  const seen = new Set<string>()
  return known.flatMap(({ deployable, documents }) =>
    projectsOf(deployable, documents).flatMap(({ application, project, at, address }): readonly Problem[] => {
      if (seen.has(project)) return []
      const own = brought.get(project)
      if (own && address !== undefined && !permitsArtifact(own.object, address)) {
        seen.add(project)
        return [
          {
            severity: 'warning',
            message: `Application ${application} is of the project ${project}, whose sourceRepos do not permit this repository: Argo CD deploys nothing of it.`,
            at: own.at,
            step: deployable.id,
          },
        ]
      }
      if (project === 'default' || own) return []
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
): readonly {
  readonly application: string
  readonly project: string
  readonly at: Place
  /** What it reads, where that is the working tree. */
  readonly address?: string
}[] => {
  const adopted = delivery?.application
  const own = adopted
    ? [
        {
          application: delivery.name,
          project: textAt(adopted.spec, 'project') ?? 'default',
          at,
          ...(delivery.remote ? {} : { address: addressOf(delivery) }),
        },
      ]
    : []
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
