import type { DiagnoseFlags } from '../diagnose.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const diagnose: CommandFile = (app) =>
  withSettings(command('diagnose', 'say what keeps it from working, and write all that can be seen into a folder'))
    .option('--out <dir>', 'write into this folder, which is empty or not there yet (default: one of the cache)')
    .action(async (flags: DiagnoseFlags) => (await import('../diagnose.ts')).diagnose(app, flags))
