import type { ForwardFlags } from '../forward.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const forward: CommandFile = (app) =>
  withSettings(command('forward', 'let ports of this machine lead into a service or an add-on'))
    .argument('<workload>', 'the name of a service or an add-on')
    .argument('[port...]', '[LOCAL:]PORT, by number or name; its only one if left out')
    .action(async (workload: string, ports: readonly string[], given: ForwardFlags) =>
      (await import('../forward.ts')).forward(app, workload, ports, given),
    )
