import type { DoctorFlags } from '../doctor.ts'
import { command, type CommandFile } from './flags.ts'

export const doctor: CommandFile = (app, end) =>
  command('doctor', 'look for what would stand in the way')
    .option('--fix', 'repair what can be repaired, after asking', false)
    .action(async (flags: DoctorFlags) => (await import('../doctor.ts')).doctor(app, flags, end))
