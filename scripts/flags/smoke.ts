import type { WalkFlags } from '../../app/app.ts'
import { command, junitOption, withPlanFlags, withReport, type CommandFile } from './flags.ts'

export const smoke: CommandFile = (app, end) =>
  withReport(withPlanFlags(command('test', 'run the smoke tests again')))
    .option(...junitOption)
    .action(async (given: WalkFlags) => (await import('../smoke.ts')).smoke(app, given, end))
