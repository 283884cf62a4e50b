import { command, type CommandFile } from './app.ts'

export const doctor: CommandFile = () =>
  command('doctor', 'look for what would stand in the way').action(() => undefined)
