import { resolve } from 'node:path'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import { isPath } from '../parse/chart-path.ts'
import type { Scope } from './scope.ts'

type Written = { readonly chart: string; readonly repo?: string; readonly version?: string }

/** A chart's path made absolute; other references stay. Says what is no reference at all. */
export const chartReference = (written: Written, path: Path, scope: Scope, builtin = false): string => {
  const { chart, repo } = written
  const { findings } = scope
  if (isPath(chart)) {
    if (repo !== undefined) {
      findings.error({
        path: [...path, 'repo'],
        key: true,
        message: `${showPath([...path, 'repo'])} does not go with a chart that is a path (${chart}).`,
        hint: `Take repo away, or write the chart's name in the repository.`,
      })
    }
    return resolve(scope.folder, chart)
  }
  if (!chart.startsWith('oci://') && repo === undefined && !(builtin && /^[\w.-]+$/.test(chart))) {
    findings.error({
      path: [...path, 'chart'],
      message: `${showPath([...path, 'chart'])} is ${JSON.stringify(chart)}: that is neither a path nor oci://, and a name needs a repo.`,
      hint: `Write ./${chart} for a folder, or add repo: https://…`,
    })
  }
  if (repo !== undefined && !/^https?:\/\/./.test(repo)) {
    findings.error({
      path: [...path, 'repo'],
      message: `${showPath([...path, 'repo'])} is ${JSON.stringify(repo)}: a chart repository begins with https:// (or http://).`,
      hint: repo.startsWith('oci://')
        ? `Write the whole reference as chart: ${repo.replace(/\/$/, '')}/${chart}`
        : undefined,
    })
  }
  return chart
}
