import { spawn, type ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { PassThrough } from 'node:stream'
import type { Spawn } from '../../../core/run.ts'

/**
 * As `spawn` of Node, which forks to find out that there is no such program. That takes longer the larger the process is
 * that asks, and this one holds all tests of a worker; each run looks for engines that are not there.
 */
export const spawnWhatIsThere: Spawn = (program, args, options) =>
  filesFor(program, options).some((file) => existsSync(file)) ? spawn(program, args, options) : missing(program, args)

/** The files that a word may name, in the order in which the system looks for them; none where it would start nothing. */
export const filesFor = (
  word: string,
  { cwd = '.', env = {} }: { readonly cwd?: string | URL | undefined; readonly env?: NodeJS.ProcessEnv | undefined },
): readonly string[] => {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return []
  const folder = String(cwd)
  return word.includes('/')
    ? [resolve(folder, word)]
    : (env['PATH'] ?? '').split(delimiter).map((place) => join(resolve(folder, place), word))
}

/** A child process that did not start. */
const missing = (program: string, args: readonly string[]): ChildProcess => {
  const streams = [0, 1, 2].map(() => new PassThrough())
  const [stdin, stdout, stderr] = streams
  const child = Object.assign(new EventEmitter(), {
    stdin,
    stdout,
    stderr,
    pid: undefined,
    exitCode: null as number | null,
    signalCode: null,
    killed: false,
    kill: () => false,
  })
  // Nobody can listen before there is anything to listen to.
  setImmediate(() => {
    const errno = -constants.errno.ENOENT
    const details = { errno, code: 'ENOENT', syscall: `spawn ${program}`, path: program, spawnargs: args }
    child.exitCode = errno
    child.emit('error', Object.assign(new Error(`spawn ${program} ENOENT`), details))
    for (const stream of streams) stream.destroy()
    child.emit('close', errno, null)
  })
  return child as unknown as ChildProcess
}
