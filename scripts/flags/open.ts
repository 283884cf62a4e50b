import type { OpenFlags } from '../open.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const open: CommandFile = (app) =>
  withSettings(command('open', 'open a service or an add-on in the browser, its password on the clipboard'))
    .argument('[workload]', 'its name, or its host; asked for at a terminal if left out')
    .option('--print', 'print the address, and open nothing', false)
    .option('--show-password', 'print the password too', false)
    .action(async (workload: string | undefined, given: OpenFlags) =>
      (await import('../open.ts')).open(app, workload, given),
    )
