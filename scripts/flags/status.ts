import type { WalkFlags } from '../../app/app.ts'
import { command, withPlanFlags, type CommandFile } from './flags.ts'

export const status: CommandFile = (app, end) =>
  withPlanFlags(command('status', 'ask every step how it stands')).action(async (given: WalkFlags) =>
    (await import('../status.ts')).status(app, given, end),
  )
