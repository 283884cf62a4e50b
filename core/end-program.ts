import { boundKillMs } from './bound.ts'

/** As much of a child process as it takes to end it. */
type Program = {
  readonly pid?: number | undefined
  readonly exitCode: number | null
  readonly signalCode: NodeJS.Signals | null
  readonly stdout: { destroy(): unknown } | null
  readonly stderr: { destroy(): unknown } | null
  kill(signal: NodeJS.Signals): boolean
}

/** Who holds the output of a killed program open (it left its process group) is not waited for longer. Milliseconds. */
const outputMs = 300

/** Ends a child's whole group, what an ended one left behind included, at the signal or after the time: asked to first. */
export const stopWith = (
  child: () => Program | undefined,
  { signal, timeoutMs }: { signal?: AbortSignal; timeoutMs?: number },
) => {
  const killMs = boundKillMs()
  let kill: NodeJS.Timeout | undefined
  const state: { why: 'signal' | 'timeout' | undefined; clear: () => void } = { why: undefined, clear: () => undefined }
  const end = (why: 'signal' | 'timeout') => {
    state.why ??= why
    killGroup(child(), 'SIGTERM')
    kill ??= setTimeout(() => {
      killGroup(child(), 'SIGKILL')
      kill = setTimeout(() => [child()?.stdout, child()?.stderr].forEach((stream) => stream?.destroy()), outputMs)
    }, killMs())
  }
  const onAbort = () => end('signal')
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end('timeout'), timeoutMs)
  signal?.addEventListener('abort', onAbort, { once: true })
  state.clear = () => {
    clearTimeout(timer)
    clearTimeout(kill)
    signal?.removeEventListener('abort', onAbort)
  }
  return state
}

export const killGroup = (child: Program | undefined, signal: NodeJS.Signals): void => {
  if (!child) return
  try {
    // One that did not start has no id, and 0 would be the group of this process.
    if (child.pid) process.kill(-child.pid, signal)
    else child.kill(signal)
  } catch {
    // Not a group leader (it has the terminal), or gone in the meantime.
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
  }
}
