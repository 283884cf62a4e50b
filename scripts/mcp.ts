import process from 'node:process'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { App } from '../app/app.ts'
import { version } from '../app/version.ts'
import { addCommandTools } from './mcp/command-tools.ts'
import type { McpFlags } from './mcp/flags.ts'
import { addLogsTool } from './mcp/logs-tool.ts'

/**
 * `mcp`: what coding agents may ask about one environment, over standard input and output. It looks, unless it was started
 * with --allow-apply; which file and which cluster is meant is said here, and by no call.
 */
export const mcp = async (app: App, flags: McpFlags): Promise<void> => {
  const handle = serveStdio(() => {
    const server = new McpServer(
      { name: 'kindup', version: version() },
      {
        instructions: `A local Kubernetes environment that one file describes. \`plan\` says what would be done, \`status\` how each step stands, \`diagnose\` why something does not work and what to do about it, \`logs\` what a workload said.${flags.allowApply ? ' `apply` brings it up.' : ' Nothing is changed here.'}`,
      },
    )
    addCommandTools(server, app, flags)
    addLogsTool(server, app, flags)
    return server
  })
  await new Promise<void>((done) => {
    process.stdin.once('end', done)
    process.stdin.once('close', done)
    app.signal.addEventListener('abort', () => done(), { once: true })
  })
  await handle.close()
}
