import type { SyncFlags } from '../sync.ts'
import { command, withConfirm, withSettings, type CommandFile } from './flags.ts'

export const sync: CommandFile = (app, end) =>
  withConfirm(
    withSettings(command('sync', 'have the GitOps controller deploy what the files say now, and wait until it has')),
  )
    .argument('[service...]', 'names of services; all that a GitOps controller deploys if left out')
    .option('-w, --watch', 'stay, and sync each save', false)
    .action(async (services: readonly string[], given: SyncFlags) =>
      (await import('../sync.ts')).sync(app, services, given, end),
    )
