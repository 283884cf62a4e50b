import type { CommonFlags } from '../../app/app.ts'
import { command, type CommandFile } from './flags.ts'

export const list: CommandFile = (app) =>
  command('list', 'list every cluster of kindup, with age, owner and size').action(async (flags: CommonFlags) =>
    (await import('../list.ts')).list(app, flags),
  )
