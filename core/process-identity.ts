import { readFile, readlink } from 'node:fs/promises'
import { systemCode } from './errors.ts'

/** Tells a process from a later one with the same number. */
export type ProcessIdentity = {
  /** Within which process numbers mean the same: a boot of a machine and a process namespace of it (a container has its own). */
  readonly space: string
  /** Clock ticks from that boot to its start. */
  readonly start: string
}

/** The identity of a live process; undefined where there is no such process, or no /proc to ask (macOS, Windows). */
export const processIdentity = async (pid: number): Promise<ProcessIdentity | undefined> => {
  try {
    const [boot, numbers, stat] = await Promise.all([
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      readlink('/proc/self/ns/pid'),
      readFile(`/proc/${pid}/stat`, 'utf8'),
    ])
    // The program's name, in brackets, may hold spaces and brackets; the state and 18 other fields stand between it and the start.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, start] = [fields[0], fields[19]]
    if (start === undefined || state === 'Z' || state === 'X') return undefined
    return { space: `${boot.trim()} ${numbers}`, start }
  } catch {
    return undefined
  }
}

/** Whether a process of that number is there, as far as this machine can tell. */
export const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

/**
 * Whether that process of this host still runs. `unknown` where its number means nothing here: another boot, another
 * container with this host's name, or another operating system that shares the file.
 */
export const processState = async (
  pid: number,
  identity: ProcessIdentity | undefined,
): Promise<'alive' | 'dead' | 'unknown'> => {
  const here = await processIdentity(process.pid)
  if (identity?.space !== here?.space) return 'unknown'
  const isAlive = identity ? (await processIdentity(pid))?.start === identity.start : isThere(pid)
  return isAlive ? 'alive' : 'dead'
}
