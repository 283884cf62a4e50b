import type { RenderFlags } from '../render.ts'
import { command, withPlanFlags, type CommandFile } from './flags.ts'

export const render: CommandFile = (app, end) =>
  withPlanFlags(command('render', 'write what would be applied into a folder'))
    .requiredOption('-o, --out <dir>', 'the folder; it is made where it is not there')
    .action(async (flags: RenderFlags) => (await import('../render.ts')).render(app, flags, end))
