import type { PruneFlags } from '../prune.ts'
import { age, command, type CommandFile } from './flags.ts'

export const prune: CommandFile = (app, end) =>
  command('prune', 'remove the clusters whose time is over')
    .option('--older-than <time>', 'those made longer ago than 2h, 90m or 1d too, unless their --ttl is not over', age)
    .option('--dry-run', 'print what would be removed', false)
    .action(async (flags: PruneFlags) => (await import('../prune.ts')).prune(app, flags, end))
