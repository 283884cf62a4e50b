import { InvalidArgumentError } from 'commander'
import type { DebugFlags } from '../debug.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const debug: CommandFile = (app) =>
  withSettings(
    command('debug', 'let a debugger of this machine into a service: Node.js at once, others where the image has one'),
  )
    .argument('<workload>', 'the name of a service or an add-on')
    .option('--container <name>', "the container, where the pod's first is not meant")
    .option('--port <port>', 'of this machine; that of the debugger, or any free one, if left out', port)
    .action(async (workload: string, given: DebugFlags) => (await import('../debug.ts')).debug(app, workload, given))

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It takes the number of a port, such as 9229.')
}
