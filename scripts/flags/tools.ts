import type { ToolsFlags } from '../tools.ts'
import { command, type CommandFile } from './flags.ts'

export const tools: CommandFile = (app, end) =>
  command('tools', 'list the programs that are used, and from where')
    .option('--download', 'get now what up would download', false)
    .action(async (flags: ToolsFlags) => (await import('../tools.ts')).tools(app, flags, end))
