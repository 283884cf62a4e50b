import { readFileSync } from 'node:fs'
import { Argument } from 'commander'
import { command, type CommandFile } from './app.ts'

/** `completion`: prints the script that makes a shell complete command lines of kindup. */
export const completion: CommandFile = (app) =>
  command('completion', 'print the script that makes a shell complete kindup')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: string, flags: { readonly quiet: boolean }) => {
      const script = readFileSync(new URL(`completion/kindup.${shell}`, import.meta.url), 'utf8')
      app.terminal(flags).out(script.trimEnd())
    })
