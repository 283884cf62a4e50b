import type { McpFlags } from '../mcp/flags.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const mcp: CommandFile = (app) =>
  withSettings(command('mcp', 'serve plan, status, diagnose and logs to coding agents (Model Context Protocol)'))
    .option('--allow-apply', 'let them bring the environment up as well: `up`, without questions', false)
    .action(async (flags: McpFlags) => (await import('../mcp.ts')).mcp(app, flags))
