import type { ConfigFlags } from '../config.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const config: CommandFile = (app) =>
  withSettings(command('config', 'print the file as it counts, and where each value comes from')).action(
    async (flags: ConfigFlags) => (await import('../config.ts')).config(app, flags),
  )
