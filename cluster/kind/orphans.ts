import { readFile, readdir } from 'node:fs/promises'
import type { Run } from '../../core/run.ts'
import { poll, waitFor } from '../../core/wait.ts'
import type { ClusterPaths } from '../paths.ts'
import { isThere, processIdentity } from '../../core/process-identity.ts'

const endMs = 10_000

/**
 * Ends what a killed run of kindup left running: its kind goes on making containers, in a process group of its own.
 * Ours are known by the private file that they were told to write.
 */
export const endOrphans = async (run: Run, paths: ClusterPaths, signal: AbortSignal): Promise<void> => {
  const ours = (await processes(run)).filter(
    ({ command }) => command.includes(paths.kindKubeconfig) && command.includes('create cluster'),
  )
  for (const { pid } of ours) killGroup(pid)
  const gone = async () => {
    const living = (await Promise.all(ours.map(({ pid }) => lives(pid)))).includes(true)
    return living ? { waiting: 'it is still there' } : { done: undefined }
  }
  if (ours.length > 0)
    await waitFor('A kind of an earlier run', poll(gone, 50), { timeoutMs: endMs, fixed: true, signal })
}

/** One that nobody waits for stays in the table of processes when it has ended: only its identity tells. */
const lives = async (pid: number): Promise<boolean> =>
  process.platform === 'linux' ? (await processIdentity(pid)) !== undefined : isThere(pid)

const killGroup = (pid: number): void => {
  try {
    // The docker commands that it waits for are in its group.
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It ended in the meantime, or is somebody else's: the wait tells.
  }
}

type Process = { readonly pid: number; readonly command: string }

const processes = async (run: Run): Promise<readonly Process[]> => {
  if (process.platform === 'win32') return []
  // Slim images of CI jobs have no ps.
  if (process.platform === 'linux') return linuxProcesses()
  const { stdout } = await run('ps', ['-axo', 'pid=,command='])
  return stdout.split('\n').flatMap((line) => {
    const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined ? [] : [{ pid: Number(pid), command }]
  })
}

const linuxProcesses = async (): Promise<readonly Process[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      command: (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' '),
    })),
  )
}
