import { Command } from 'commander'
import type { WalkFlags } from '../../app/app.ts'
import { command, withPlanFlags, type CommandFile } from './flags.ts'

export const bundle: CommandFile = (app) =>
  new Command('bundle').description('everything that up fetches, in one file').addCommand(
    withPlanFlags(
      command('save', 'write tools, node image, charts and images into a file, for a machine without network'),
    )
      .argument('<file>', 'the bundle; what an earlier attempt got is not fetched again')
      .action(async (file: string, flags: WalkFlags) => (await import('../bundle.ts')).saveTo(app, file, flags)),
  )
