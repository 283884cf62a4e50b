import { isAbsolute } from 'node:path'

/** Whether a chart is a folder or an archive here, and no name in a repository or registry. */
export const isPath = (chart: string): boolean =>
  /^\.{0,2}[/\\]/.test(chart) || chart === '.' || chart === '..' || isAbsolute(chart)
