import type { RunIn } from '../../cluster/kube/session.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { nameOf, type PodContainer } from '../inside/containers.ts'
import { heard } from '../inside/talk.ts'
import { nodeScript } from './node-script.ts'
import { processScript, readNodeAnswer, readProcesses } from './processes.ts'
import { runtimeOf, type Runtime } from './runtimes.ts'

/** A debugger that listens inside of a pod. */
export type Debugger = Required<Pick<Runtime, 'port'>> &
  Pick<Runtime, 'name' | 'process'> & {
    /** More processes of the same kind, which are not meant. */
    readonly others: number
  }

/** Where images of Node have it; those without a shell have it elsewhere. */
const nodes = ['node', '/nodejs/bin/node', '/usr/local/bin/node', 'nodejs']

/** Finds what runs in a container, and has it open its debugger where it can. Throws `not-debuggable` with what to change. */
export const openDebugger = async (runIn: RunIn, where: PodContainer, signal: AbortSignal): Promise<Debugger> => {
  const hasNode = await byNode(runIn, where, signal)
  if (hasNode) return hasNode
  const { code, stdout } = await heard(runIn, { at: where, command: ['sh', '-c', processScript] }, signal)
  if (code === undefined)
    throw refused(`What runs in ${nameOf(where)} cannot be seen: its image has no shell.`, [
      'Node.js, and what has a debugger that listens already, can be debugged: `kindup forward` leads to its port.',
    ])
  const { processes, variables } = readProcesses(stdout)
  const found = runtimeOf(processes, variables)
  if (!found)
    throw refused(`Nothing that runs in ${nameOf(where)} is Node.js, Python, a JVM or Go.`, [
      `It runs: ${processes.map(({ words }) => words.join(' ')).join('; ') || 'nothing that can be seen'}`,
    ])
  const { name, title, process, port, hints } = found
  if (port === undefined) throw refused(`${title} runs in ${nameOf(where)} without a debugger.`, hints)
  return { name, process, port, others: 0 }
}

const byNode = async (runIn: RunIn, where: PodContainer, signal: AbortSignal): Promise<Debugger | undefined> => {
  for (const node of nodes) {
    const { code, stdout } = await heard(runIn, { at: where, command: [node, '-e', nodeScript] }, signal)
    if (code === undefined) continue
    const answer = readNodeAnswer(stdout)
    if (!answer || answer.state === 'none') return undefined
    const { state, words, cwd, port, others, pid, why } = answer
    const process = { exe: node, words, cwd, isGo: false }
    if (state === 'open') return { name: 'node', process, port, others }
    throw refused(
      state === 'refused'
        ? `Process ${pid} of ${nameOf(where)} takes no signal: ${why}.`
        : `Node.js in ${nameOf(where)} was asked to open its debugger (SIGUSR1), and did not.`,
      ['Begin it with one, in the manifest: { name: NODE_OPTIONS, value: "--inspect=127.0.0.1:9229" }'],
    )
  }
  return undefined
}

const refused = (message: string, hints: readonly string[]): EnvironmentError =>
  new EnvironmentError('not-debuggable', message, { hints })
