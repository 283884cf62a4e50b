import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandError, type Run } from '../core/run.ts'
import { platformHostsFile } from '../core/paths.ts'
import { targetOf } from '../core/replace-file.ts'
import { shown } from '../core/shown-command.ts'
import { mayWrite } from './hosts-file.ts'

/** The program beside this file: `.ts` in a checkout, `.js` in a package. */
const program = (): string => fileURLToPath(new URL(`./elevated${extname(import.meta.url)}`, import.meta.url))

/** Whether only another user may write this file and sudo could help: it is the platform's own, and no Windows. */
export const needsElevation = async (file: string): Promise<boolean> =>
  !(await mayWrite(file)) && (await canBeElevated(file))

/** The elevated program edits the platform's hosts file and nothing else. */
const canBeElevated = async (file: string): Promise<boolean> => {
  if (process.platform === 'win32') return false
  const [ours, platforms] = await Promise.all(
    [file, platformHostsFile()].map((path) => targetOf(path).catch(() => path)),
  )
  return ours === platforms
}

/** Whether sudo would do it now without a question. */
export const isElevationGranted = (run: Run): Promise<boolean> => sudo(run, ['-n', 'true'])

/**
 * Lets sudo ask for the password, on this terminal: later calls then need none. True when it was granted.
 * Say what for before, and only with a terminal.
 */
export const askForElevation = (run: Run): Promise<boolean> => sudo(run, ['-v'], true)

/** Edits the platform's hosts file through sudo, without a question; no hosts takes the block out. False when sudo refuses. */
export const editElevated = (run: Run, name: string, hosts: readonly string[], address?: string): Promise<boolean> =>
  sudo(run, ['-n', process.execPath, program()], false, request(name, hosts, address))

/** What a person pastes to do the same. */
export const elevatedCommand = (name: string, hosts: readonly string[], address?: string): string =>
  `echo '${request(name, hosts, address)}' | ${shown('sudo', [process.execPath, program()])}`

const request = (name: string, hosts: readonly string[], address: string | undefined): string =>
  JSON.stringify({ name, hosts, ...(address === undefined ? {} : { address }) })

const sudo = async (run: Run, args: readonly string[], terminal = false, input?: string): Promise<boolean> => {
  try {
    await run('sudo', args, {
      ...(terminal ? { terminal, timeoutMs: 300_000 } : { timeoutMs: 30_000 }),
      ...(input === undefined ? {} : { input }),
    })
    return true
  } catch (error) {
    // What our own program says is no refusal of sudo: it ran, and the file is the trouble.
    if (!(error instanceof CommandError) || error.stderr.startsWith('hosts: ')) throw error
    return false
  }
}
