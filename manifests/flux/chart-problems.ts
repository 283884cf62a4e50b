import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { textAt, textListAt } from '../../core/fields.ts'
import { isInside } from '../../core/paths.ts'
import type { Problem } from '../../core/problem.ts'
import type { GitIgnored } from '../../gitops/tree/git-ignored.ts'
import type { OwnTree } from '../../gitops/tree/tree-files.ts'
import { ignoredOfChart } from '../helm/ignored-chart-files.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'

/** What of a chart of this repository is not there, or does not reach Flux, since git ignores it. */
export const chartProblems = (
  { object, at, placeOf }: RenderedDocument,
  { root }: OwnTree,
  ignored: GitIgnored,
): readonly Problem[] => {
  const spec = ['spec', 'chart', 'spec'] as const
  const path = textAt(object, ...spec, 'chart') ?? ''
  const folder = resolve(root, path.replace(/^\/+/, ''))
  const name = `HelmRelease ${object.metadata.name}`
  if (!isInside(folder, root) || !existsSync(join(folder, 'Chart.yaml')))
    return [
      {
        severity: 'error',
        message: `${name}: there is no chart ${path} in this repository.`,
        at: placeOf?.([...spec, 'chart']) ?? at,
        hint: `Paths start at ${root}.`,
      },
    ]
  const values = textListAt(object, ...spec, 'valuesFiles').map((one) => resolve(root, one.replace(/^\/+/, '')))
  return ignoredOfChart(folder, values, root, ignored).map(({ file, by }): Problem => ({
    severity: 'error',
    message: `${relative(root, file)} is part of the chart of ${name}, and git ignores it: it reaches Flux neither here nor from the remote.`,
    at: { file: by.file, line: by.line },
    hint: `Take \`${by.text}\` away, or git add --force ${file}`,
  }))
}
