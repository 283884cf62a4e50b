import { delimiter, resolve } from 'node:path'
import process from 'node:process'
import type { ServiceConfig } from '../config.ts'
import { showPath, type Path } from '../path.ts'
import type { Checked } from './known.ts'
import { kindOf } from './wanted.ts'

/** Warns of a program of a hook that is not there: a hook before it may make it, and the PATH of the next run may be another. */
export const wantProgram = async (
  path: Path,
  { run: [program = ''], in: folder, env }: ServiceConfig['hooks']['before'][number],
  { findings, env: outer }: Checked,
): Promise<void> => {
  if (/[{}]/.test(program) || program === '') return
  const isPath = /[/\\]/.test(program)
  const search = env['PATH'] ?? outer['PATH'] ?? outer['Path'] ?? ''
  const folders = isPath ? [folder] : search.split(delimiter).filter(Boolean)
  const endings = process.platform === 'win32' && !isPath ? ['', '.exe', '.com', '.cmd', '.bat'] : ['']
  // With no PATH at all the system has one of its own.
  if (folders.length === 0 || (await kindOf(folder)) !== 'folder') return
  for (const one of folders)
    for (const ending of endings) if ((await kindOf(resolve(one, program + ending))) === 'file') return
  const at = [...path, 'run']
  findings.warn({
    path: at,
    message: `${showPath(at)}: ${isPath ? `there is no file ${program}` : `no program ${program} is on the PATH`}, and the hook runs it.`,
    ...(isPath ? { hint: "Paths start at the folder that `in` names, the file's own if left out." } : {}),
  })
}
