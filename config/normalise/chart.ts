import { resolve } from 'node:path'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import { isPath } from '../parse/chart-path.ts'
import { isChartName, isChartVersion, ociChartTrouble } from '../parse/chart-ref.ts'
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
      hint: hintFor(chart),
    })
  }
  checkReference(written, path, scope)
  if (repo !== undefined && (!/^https?:\/\/./.test(repo) || !URL.canParse(repo))) {
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

/** What is meant by a chart that is neither a path nor a reference. */
const hintFor = (chart: string): string => {
  const registry = /^oci:\/*(.*)$/i.exec(chart)?.[1]
  if (registry !== undefined) return `Write chart: oci://${registry}`
  if (/^https?:\/\//i.test(chart))
    return 'Write the repository as repo: https://… and the name of the chart in it, or fetch the archive and name its path.'
  return `Write ./${chart} for a folder, or add repo: https://…`
}

const checkReference = ({ chart, repo, version }: Written, path: Path, { findings }: Scope): void => {
  const wrong = (key: string, is: string, why: string, hint: string): void =>
    findings.error({
      path: [...path, key],
      message: `${showPath([...path, key])} is ${JSON.stringify(is)}: ${why}.`,
      hint,
    })
  const isOci = chart.startsWith('oci://')
  const oci = isOci ? ociChartTrouble(chart) : undefined
  if (oci !== undefined) wrong('chart', chart, oci.why, oci.hint)
  else if (!isOci && repo !== undefined && !isChartName(chart))
    wrong(
      'chart',
      chart,
      'no chart of a repository is called so',
      'Write the name that the repository lists: chart: app',
    )
  if (version !== undefined && !isChartVersion(version))
    wrong(
      'version',
      version,
      'that is no version of a chart, and no range of them',
      'For example: version: "1.2.3", or "^1.2" for the newest that fits',
    )
  if (isOci && oci === undefined && version === undefined && findings.intact([...path, 'version']))
    findings.warn({
      path: [...path, 'chart'],
      message: `${showPath([...path, 'chart'])} says no version: whichever is the newest when it is fetched is taken, from a registry that has to list its tags.`,
      hint: 'Name it beside the chart: version: "1.2.3"',
    })
}
