import { Argument } from 'commander'
import { command, type CommandFile } from './flags.ts'

export const completion: CommandFile = (app) =>
  command('completion', 'print the script that makes a shell complete kindup')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string, flags: { readonly quiet: boolean }) =>
      (await import('../completion.ts')).completion(app, shell, flags),
    )
