import type { PauseFlags } from '../pause.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const pause: CommandFile = (app, end) =>
  withSettings(command('pause', 'freeze the cluster: nothing in it runs, ports and names stay'))
    .option('--all', 'every cluster that kindup made', false)
    .action(async (flags: PauseFlags) => (await import('../pause.ts')).pause(app, flags, end))

export const resume: CommandFile = (app, end) =>
  withSettings(command('resume', 'let a paused or stopped cluster go on'))
    .option('--all', 'every cluster that kindup made', false)
    .action(async (flags: PauseFlags) => (await import('../pause.ts')).resume(app, flags, end))
