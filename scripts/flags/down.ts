import type { DownFlags } from '../down.ts'
import { command, withConfirm, withSettings, type CommandFile } from './flags.ts'

export const down: CommandFile = (app) =>
  withConfirm(withSettings(command('down', 'take it away again, without a trace')))
    .option('--caches', 'mirrors and kept registries too, where no other cluster uses them', false)
    .option('--purge', 'all of that, the images built here and the cache too, where no other cluster uses them', false)
    .action(async (flags: DownFlags) => (await import('../down.ts')).down(app, flags))
