import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from '../core/paths.ts'
import { shown } from '../core/shown-command.ts'
import { whyUnwritten } from '../core/full-disk.ts'

/** So many failures are kept, whichever cluster they were of. */
const most = 20

type LogOptions = {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly folder?: string
  readonly now?: Date
}

/**
 * Writes the commands that a run has run into a file of its own, beside those of other runs, and answers its path, or
 * a sentence where it cannot be written. Names begin with the time, so that the oldest are known and go.
 */
export const writeFailureLog = (
  ran: readonly string[],
  argv: readonly string[],
  { env = process.env, folder = join(cacheFolder(env), 'logs'), now = new Date() }: LogOptions = {},
): string => {
  const word = argv.find((one) => /^[a-z]+$/.test(one)) ?? 'run'
  const path = join(folder, `${now.toISOString().slice(0, 19).replaceAll(':', '-')}-${word}-${process.pid}.log`)
  try {
    mkdirSync(folder, { recursive: true })
    // What was given may hold a password: --set, and --image with a login.
    const flags = argv.map((one) => (one.includes('=') ? `${one.slice(0, one.indexOf('='))}=…` : one))
    writeFileSync(path, [`# ${shown('kindup', flags)}`, ...ran, ''].join('\n'), { mode: 0o600 })
    const logs = readdirSync(folder).filter((name) => /^\d{4}-.*\.log$/.test(name))
    for (const old of logs.toSorted().slice(0, -most)) rmSync(join(folder, old), { force: true })
    return path
  } catch (error) {
    removeIfThere(path)
    return `they could not be written to ${path} (${whyUnwritten(path, error)})`
  }
}

/** Half a log is none. */
const removeIfThere = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // There is no such folder: nothing was written.
  }
}
