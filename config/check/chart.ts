import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { showPath, type Path } from '../path.ts'
import type { Checked } from './known.ts'
import { kindOf, shown, want } from './wanted.ts'

/** A chart that is a path: whether it is there, is one, and is of the version that is asked for. */
export const wantChart = async (
  section: Path,
  { chart, version }: { readonly chart: string; readonly version?: string },
  checked: Checked,
): Promise<void> => {
  const path = [...section, 'chart']
  // Absolute here, if it is a path at all.
  if (chart !== resolve(chart)) return
  if ((await kindOf(chart)) === 'folder') {
    if ((await kindOf(join(chart, 'Chart.yaml'))) === 'file') {
      if (version !== undefined) await isOfVersion([...section, 'version'], chart, version, checked)
      return
    }
    checked.findings.error({
      path,
      message: `${showPath(path)}: the folder ${shown(chart, checked.config.folder)} holds no Chart.yaml, so it is no chart.`,
    })
  } else if ((await want(path, chart, 'either', 'the chart', checked)) && !/\.(tgz|tar\.gz)$/.test(chart)) {
    checked.findings.error({
      path,
      message: `${showPath(path)}: ${shown(chart, checked.config.folder)} is neither a chart's folder nor an archive (.tgz).`,
    })
  }
}

/** A chart that lies here is taken as it is, whatever version is asked for. */
const isOfVersion = async (
  path: Path,
  chart: string,
  version: string,
  { config, findings }: Checked,
): Promise<void> => {
  const text = await readFile(join(chart, 'Chart.yaml'), 'utf8').catch(() => '')
  const [, own] = /^version:\s*["']?([^\s"'#]+)/m.exec(text) ?? []
  if (own === undefined || own.replace(/^v/, '') === version.replace(/^v/, '')) return
  findings.warn({
    path,
    message: `${showPath(path)} is ${version}, and the chart in ${shown(chart, config.folder)} is ${own}: a chart that is a path is taken as it is.`,
    hint: 'Take version away, or name the repository that has it: repo.',
  })
}
