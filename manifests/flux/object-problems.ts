import { fieldsAt, mapsAt, textAt } from '../../core/fields.ts'
import type { Problem } from '../../core/problem.ts'
import {
  isHelmRelease,
  isKustomization,
  keyOf,
  keyOfObject,
  sourceKeyOf,
  sourceKinds,
} from '../../gitops/flux/kinds.ts'
import type { OwnTree } from '../../gitops/tree/tree-files.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'

/** Kinds whose controllers write to repositories: they are no part of a local cluster. */
export const isLeftOut = ({ apiVersion }: { readonly apiVersion: string }): boolean =>
  apiVersion.startsWith('image.toolkit.fluxcd.io/')

type Known = {
  readonly all: ReadonlyMap<string, RenderedDocument>
  readonly own: ReadonlySet<string>
  readonly home: string
  readonly worktree: OwnTree | undefined
}

/** What of objects of Flux cannot be carried out, or is not quite what they say. */
export const objectProblems = (
  documents: readonly RenderedDocument[],
  { all, own, home, worktree }: Known,
): readonly Problem[] =>
  documents.flatMap(({ object, at, placeOf }): readonly Problem[] => {
    const place = (...path: readonly (string | number)[]) => placeOf?.(path) ?? at
    const name = `${object.kind} ${object.metadata.name}`
    if (isLeftOut(object))
      return [{ severity: 'warning', message: `${name} is left out: it writes to repositories and registries.`, at }]
    if (object.kind === 'Bucket')
      return [
        {
          severity: 'error',
          message: `${name}: a Bucket is not built yet.`,
          at,
          hint: 'A GitRepository of this repository, or an OCIRepository, can be deployed.',
        },
      ]
    if (object.kind === 'GitRepository' && worktree && own.has(keyOfObject(object, home))) {
      const said: Problem[] = []
      const ref = fieldsAt(object, 'spec', 'ref')
      const pin = ['commit', 'tag', 'semver', 'name'].find((key) => textAt(ref, key) !== undefined)
      if (pin !== undefined)
        said.push({
          severity: 'warning',
          message: `${name} is pinned to the ${pin} ${textAt(ref, pin)}, and what is deployed is the working tree.`,
          at: place('spec', 'ref', pin),
        })
      if (mapsAt(object, 'spec', 'include').length > 0)
        said.push({
          severity: 'error',
          message: `${name}: \`include\` is not built yet.`,
          at: place('spec', 'include'),
          hint: 'A Kustomization of each of the repositories does the same.',
        })
      if (worktree.remotes === undefined)
        said.push({
          severity: 'warning',
          message: `${textAt(object, 'spec', 'url') ?? name} is taken for this folder, which has no git remote that says so.`,
          at: place('spec', 'url'),
          hint: 'git remote add origin URL',
        })
      return said
    }
    if (!isKustomization(object) && !isHelmRelease(object)) return []
    const source = sourceKeyOf(object, home)
    // Those that an ArtifactGenerator makes have names of its own.
    const missing =
      source !== undefined &&
      !source.startsWith('ExternalArtifact ') &&
      sourceKinds.includes(source.split(' ')[0] ?? '') &&
      !all.has(source)
    const wanted = mapsAt(object, 'spec', 'dependsOn').map((one) =>
      keyOf(object.kind, textAt(one, 'namespace') ?? object.metadata.namespace ?? home, textAt(one, 'name') ?? ''),
    )
    const gone = wanted.findIndex((key) => !all.has(key))
    return [
      ...(missing && worktree
        ? [
            {
              severity: 'warning' as const,
              message: `${name} reads ${source}, which nothing in the folder deploys: Flux waits for it.`,
              at: isKustomization(object) ? place('spec', 'sourceRef') : place('spec', 'chart', 'spec', 'sourceRef'),
            },
          ]
        : []),
      ...(gone >= 0 && worktree
        ? [
            {
              severity: 'warning' as const,
              message: `${name} depends on ${wanted[gone]}, which nothing in the folder deploys: Flux waits for it.`,
              at: place('spec', 'dependsOn'),
            },
          ]
        : []),
    ]
  })
