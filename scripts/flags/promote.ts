import type { PromoteFlags } from '../promote.ts'
import { collect, command, type CommandFile } from './flags.ts'

export const promote: CommandFile = (app, end) =>
  command('promote', "copy image tags, digests and versions between environments' files")
    .argument('<from>', 'the environment whose versions are copied')
    .argument('<to>', 'the environment whose files are changed')
    .argument('[service...]', 'only these services')
    .option('--check', 'change nothing, and exit 3 when something would change', false)
    .option('--profile <name>', 'lay this one of the file over the rest (repeatable)', collect, [])
    .option('--set <path=value>', 'change a value of the file, from its root (repeatable)', collect, [])
    .action(async (from: string, to: string, services: readonly string[], flags: PromoteFlags) =>
      (await import('../promote.ts')).promote(app, [from, to, services], flags, end),
    )
