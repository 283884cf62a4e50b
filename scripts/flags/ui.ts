import { InvalidArgumentError } from 'commander'
import type { UiFlags } from '../ui.ts'
import { command, withPlanFlags, type CommandFile } from './flags.ts'

export const ui: CommandFile = (app) =>
  withPlanFlags(command('ui', 'show how everything stands in the browser, for this machine alone'))
    .option('--port <number>', 'the port of 127.0.0.1 (default: any free one)', portNumber, 0)
    .option('--no-open', 'print the address, and open nothing')
    .action(async (given: UiFlags) => (await import('../ui.ts')).ui(app, given))

function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text)
  throw new InvalidArgumentError('It takes a port of this machine, such as 8080; 0 is any free one.')
}
