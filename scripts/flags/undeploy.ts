import type { CommonFlags, SettingFlags } from '../../app/app.ts'
import { command, withConfirm, withSettings, type CommandFile } from './flags.ts'

export const undeploy: CommandFile = (app) =>
  withConfirm(withSettings(command('undeploy', 'take services, or an environment, out of the cluster')))
    .argument('[service...]', 'names of services; with --env alone, all of that environment')
    .action(async (services: readonly string[], given: CommonFlags & SettingFlags) =>
      (await import('../undeploy.ts')).undeploy(app, services, given),
    )
