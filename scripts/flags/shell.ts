import type { ShellFlags } from '../shell.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

export const shell: CommandFile = (app, end) =>
  withSettings(command('shell', 'open a shell, or run a program, in a container of a service or an add-on'))
    .argument('<workload>', 'the name of a service or an add-on')
    .argument('[command...]', 'behind --: a program and its arguments; a shell if left out')
    .option('--container <name>', "the container, where the pod's first is not meant")
    .action(async (workload: string, words: readonly string[], given: ShellFlags) =>
      (await import('../shell.ts')).shell(app, workload, words, given, end),
    )
