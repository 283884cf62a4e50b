import { command, type CommandFile } from './flags.ts'
import type { CommonFlags } from '../../app/app.ts'

export const trust: CommandFile = (app, end) =>
  command('trust', 'have this machine trust the certificates of `tls`: system and browsers').action(
    async (flags: CommonFlags) => (await import('../trust.ts')).trust(app, flags, end),
  )

export const untrust: CommandFile = (app, end) =>
  command('untrust', 'undo trust, and delete the certificate authority of kindup').action(async (flags: CommonFlags) =>
    (await import('../untrust.ts')).untrust(app, flags, end),
  )
