import { lastLine } from '../../core/print/one-line.ts'
import { afterStop } from '../../core/bound.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError, type Spawn } from '../../core/run.ts'
import { runInto, runPipe } from '../../core/run-pipe.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'

/** The nodes of one cluster, and what runs scripts in them. */
export type Nodes = {
  /** The one that keeps etcd and the manifests. */
  readonly head: string
  readonly names: readonly string[]
  /** Standard output of a script in one node. Throws `snapshot-failed` with what went wrong there. */
  readonly run: (node: string, script: string, args?: readonly string[], input?: string) => Promise<string>
  /** Hands on what a script in one node writes, as it comes. */
  readonly take: (
    node: string,
    script: string,
    args: readonly string[],
    use: (source: AsyncIterable<Buffer>) => Promise<void>,
  ) => Promise<void>
  /** Gives a script in one node something to read. */
  readonly give: (node: string, script: string, args: readonly string[], source: AsyncIterable<Buffer>) => Promise<void>
  /** The same in every node, with arguments by its name. */
  readonly runAll: (script: string, args: (node: string) => readonly string[]) => Promise<ReadonlyMap<string, string>>
  /** A short script in every node, although the run was stopped or something failed. Never throws: what it cannot reach goes on by itself. */
  readonly runLast: (script: string) => Promise<void>
}

/** Copying takes longer than any other call. */
const scriptMs = 10 * 60_000

/** What the scripts answer with, beside that they failed at all. */
const failures: Readonly<Record<number, string>> = {
  75: 'what writes to its volumes could not be held long enough to copy them',
  76: 'what it kept of the snapshot is damaged: its digest is another one',
  77: 'its etcd refused',
  78: 'what it kept of the snapshot is gone',
  80: 'its volumes hold more than is kept without being asked',
  79: 'the connection to it was cut',
  81: 'a namespace of the snapshot is still being deleted; the same command again goes on',
  82: 'the folder of a volume could not be replaced',
}

/** Throws `not-running` where a node does not run: half a state is none. */
export const nodesOf = (
  name: string,
  engine: Engine,
  containers: readonly Container[],
  signal: AbortSignal,
  piping: { readonly env?: Readonly<Record<string, string | undefined>>; readonly spawn?: Spawn } = {},
): Nodes => {
  const all = [...withRole(containers, 'control-plane'), ...withRole(containers, 'worker')]
  const still = all.filter(({ running, paused }) => !running || paused === true)
  if (still.length > 0)
    throw new EnvironmentError('not-running', `${still.map((node) => node.name).join(', ')} of ${name} does not run.`, {
      hints: [`kindup resume --name ${name}`],
    })
  const started = async (node: string, script: string, args: readonly string[], input: string, bound?: AbortSignal) => {
    try {
      // As one command: what stands behind it on standard input is its own. Arguments of processes show in logs.
      const words = ['bash', '-s', '--', ...args]
      const { stdout } = await engine.exec(node, words, {
        ...(bound && { signal: bound }),
        timeoutMs: scriptMs,
        input: `{ ${script}\nexit; }\n${input}`,
      })
      return stdout
    } catch (error) {
      throw error instanceof CommandError ? failed(node, error) : error
    }
  }
  const run: Nodes['run'] = (node, script, args = [], input = '') => started(node, script, args, input, signal)
  const names = all.map((node) => node.name)
  const pipe = async (node: string, work: (options: Parameters<typeof runInto>[2]) => Promise<void>) => {
    try {
      await work({ ...piping, signal, timeoutMs: scriptMs })
    } catch (error) {
      throw error instanceof CommandError ? failed(node, error) : error
    }
  }
  return {
    head: names[0] ?? '',
    names,
    run,
    take: (node, script, args, use) =>
      pipe(node, (options) => runInto(engine.execCommand(node, ['bash', '-c', script, 'bash', ...args]), use, options)),
    give: (node, script, args, source) =>
      pipe(node, (options) =>
        runPipe(source, [engine.execCommand(node, ['bash', '-c', script, 'bash', ...args])], options),
      ),
    runAll: async (script, args) => {
      const ends = await Promise.allSettled(
        names.map(async (node) => [node, await run(node, script, args(node))] as const),
      )
      const bad = ends.find((end) => end.status === 'rejected')
      if (bad) throw bad.reason
      return new Map(ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])))
    },
    runLast: async (script) => {
      await afterStop(() => Promise.allSettled(names.map((node) => started(node, script, [], '')))).catch(
        () => undefined,
      )
    },
  }
}

const failed = (node: string, error: CommandError): EnvironmentError => {
  const { exitStatus, stderr } = error
  const isFull = /no space left|disk quota/i.test(stderr)
  const why = isFull
    ? 'its disk is full'
    : (failures[exitStatus ?? -1] ?? `a command failed there (${lastLine(stderr)})`)
  return new EnvironmentError('snapshot-failed', `${node}: ${why}.`, {
    cause: error,
    hints: isFull
      ? [
          'kindup snapshot list   # those that could go: kindup snapshot remove NAME',
          'It is the disk that the engine keeps everything on: make room there.',
        ]
      : [],
  })
}
