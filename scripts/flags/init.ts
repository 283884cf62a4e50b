import type { InitFlags } from '../init.ts'
import { command, type CommandFile } from './flags.ts'

export const init: CommandFile = (app) =>
  command('init', 'look at a folder and write its kindup.yaml')
    .option('--dir <dir>', 'the folder that it is for, and is written into', '.')
    .action(async (flags: InitFlags) => (await import('../init.ts')).init(app, flags))
