import { percentOf, progressLine, type Progress } from '../cluster/tools/progress.ts'
import type { Terminal } from '../core/print/terminal.ts'

/** Prose for downloads that no step shows: a line when one begins, and one each quarter. */
export const downloadLines = ({ err, colour }: Pick<Terminal, 'err' | 'colour'>): ((progress: Progress) => void) => {
  const told = new Map<string, string>()
  return (progress) => {
    const stage = progress.waits ?? String(Math.floor(percentOf(progress) / 25))
    if (told.get(progress.what) === stage) return
    told.set(progress.what, stage)
    err(`${colour.cyan('↓')} ${colour.dim(progressLine(progress))}`)
  }
}
