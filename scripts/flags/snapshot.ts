import { Command } from 'commander'
import type { SaveFlags, SnapshotFlags } from '../snapshot.ts'
import { command, withSettings, type CommandFile } from './flags.ts'

type Verb = 'restore' | 'remove'

export const snapshot: CommandFile = (app) => {
  const verb = (name: Verb, summary: string): Command =>
    withSettings(command(name, summary))
      .argument('[name]', 'of the snapshot (default: default)')
      .action(async (given: string | undefined, flags: SnapshotFlags) =>
        (await import('../snapshot.ts'))[name](app, given, flags),
      )
  return new Command('snapshot')
    .description('keep what the cluster holds now, and go back to it')
    .addCommand(
      withSettings(command('save', 'keep objects and volumes as they are now; nothing restarts'))
        .argument('[name]', 'of the snapshot (default: default)')
        .option(
          '--file <file>',
          'into a file that others start from: kindup up --snapshot FILE; it holds the Secrets too',
        )
        .action(async (given: string | undefined, flags: SaveFlags) =>
          (await import('../snapshot.ts')).save(app, given, flags),
        ),
    )
    .addCommand(verb('restore', 'put them back; nodes and control plane go on running'))
    .addCommand(
      withSettings(command('list', 'list the snapshots of the cluster')).action(async (flags: SnapshotFlags) =>
        (await import('../snapshot.ts')).list(app, flags),
      ),
    )
    .addCommand(verb('remove', 'remove one'))
}

export const reset: CommandFile = (app) =>
  withSettings(command('reset', 'put the cluster back as the last up left it')).action(async (flags: SnapshotFlags) =>
    (await import('../snapshot.ts')).reset(app, flags),
  )
