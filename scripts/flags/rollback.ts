import type { CommonFlags, SettingFlags } from '../../app/app.ts'
import { command, withConfirm, withSettings, type CommandFile } from './flags.ts'

export const rollback: CommandFile = (app) =>
  withConfirm(withSettings(command('rollback', 'make a service what it was before its last deployment')))
    .argument('<service>', 'name of the service')
    .action(async (service: string, given: CommonFlags & SettingFlags) =>
      (await import('../rollback.ts')).rollback(app, service, given),
    )
