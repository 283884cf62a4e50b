import { Command } from 'commander'
import { exit } from '../../core/errors.ts'
import type { HostsFlags } from '../hosts.ts'
import { collect, command, withSettings, type CommandFile } from './flags.ts'

/** `hosts apply|remove|show` */
export const hosts: CommandFile = (app, end) => {
  const part = (name: 'apply' | 'remove' | 'show', summary: string): Command =>
    withSettings(command(name, summary))
      .option('--hosts-file <file>', "the file (default: the configuration's, else the platform's)")
      .option('--host <names...>', 'names (several, or repeated)', collect, [])
      .action(async (flags: HostsFlags) => {
        await (await import('../hosts.ts'))[name](app, flags)
        end(exit.done)
      })
  // Without flags of its own: it would take those of the command below it.
  return new Command('hosts')
    .description('show, write or remove names in a hosts file')
    .addCommand(part('apply', 'make the names of this cluster lead to this machine'))
    .addCommand(part('remove', 'take the names of this cluster out, or only those of --host'))
    .addCommand(part('show', 'print the names of this cluster'))
}
