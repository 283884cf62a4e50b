import type { PlanFlags } from '../plan.ts'
import { command, withPlanFlags, type CommandFile } from './flags.ts'

export const plan: CommandFile = (app, end) =>
  withPlanFlags(command('plan', 'print what up would do; change nothing'))
    .option('--check', 'exit 3 when something would change', false)
    .action(async (given: PlanFlags) => (await import('../plan.ts')).plan(app, given, end))
