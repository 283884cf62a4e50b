import type { WalkFlags } from '../../app/app.ts'
import { command, withPlanFlags, type CommandFile } from './flags.ts'

export const credentials: CommandFile = (app) =>
  withPlanFlags(command('credentials', 'print the ways to log in')).action(async (flags: WalkFlags) =>
    (await import('../credentials.ts')).credentials(app, flags),
  )
