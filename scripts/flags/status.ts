import type { StatusFlags } from '../status.ts'
import { command, withPlanFlags, withReport, type CommandFile } from './flags.ts'

export const status: CommandFile = (app, end) =>
  withReport(withPlanFlags(command('status', 'ask every step how it stands')))
    .option('-w, --watch', 'stay, and look again every few seconds, at endpoints too', false)
    .action(async (given: StatusFlags) => (await import('../status.ts')).status(app, given, end))
