import type { Terminal } from '../../core/print/terminal.ts'
import type { App, WalkFlags } from '../app.ts'
import { isHealthy, type Board } from '../board/board.ts'
import type { Look } from '../board/look.ts'
import { diagnosisOf } from '../diagnose/of-look.ts'
import { whyOfDiagnosis } from '../page/of-diagnosis.ts'
import { see } from '../ui/see.ts'
import { writeReport } from './leave-page.ts'

/** Looks once, and leaves a page of how everything stands: where something is not well, with the likeliest causes and the logs of what is not ready. */
export const lookAndReport = async (app: App, flags: WalkFlags, terminal: Terminal, look: Look): Promise<Board> => {
  const board = await look.look()
  await writeReport({ app, flags, terminal }, async () => {
    const { page } = await see(
      app,
      { ...look, look: () => Promise.resolve(board) },
      {
        passwords: flags.reportPasswords === true ? 'shown' : 'hidden',
      },
    )
    const diagnosis = isHealthy(board) ? undefined : await diagnosisOf(app, look)
    return diagnosis ? { ...page, ...whyOfDiagnosis(diagnosis), folder: diagnosis.folder } : page
  })
  return board
}
