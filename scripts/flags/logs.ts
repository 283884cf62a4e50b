import { InvalidArgumentError } from 'commander'
import type { LogsFlags } from '../logs.ts'
import { age, command, withSettings, type CommandFile } from './flags.ts'

export const logs: CommandFile = (app) =>
  withSettings(command('logs', 'print what the containers of services and add-ons say'))
    .argument('[workload...]', 'names of services or add-ons; every service if left out')
    .option('-f, --follow', 'stay, and print what is said from now on', false)
    .option('--since <time>', 'what was said in this time: 10m, 2h', age)
    .option('--tail <lines>', 'so many of the last lines of each container', lines)
    .option('-p, --previous', 'of the run before the last restart', false)
    .option('--container <name>', 'only containers of this name')
    .action(async (workloads: readonly string[], given: LogsFlags) =>
      (await import('../logs.ts')).logs(app, workloads, given),
    )

function lines(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes a number of lines, such as 100.')
}
