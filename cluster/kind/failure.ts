import { EnvironmentError, messageOf } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import { causeIn } from './causes.ts'
import { clusterContainers } from './situation.ts'

/** Why kind could not make the cluster: its own words and those of the nodes, read before anything is deleted. */
export const failureOf = async (engine: Engine, name: string, thrown: unknown): Promise<EnvironmentError> => {
  const said = thrown instanceof CommandError ? `${thrown.stdout}\n${thrown.stderr}` : messageOf(thrown)
  if (thrown instanceof EnvironmentError && thrown.code !== 'command-failed') return thrown
  const nodes = await lastWords(engine, name)
  const cause = causeIn(said) ?? causeIn(nodes.map(({ text }) => text).join('\n'))
  const evidence = [
    `kind said:\n${indented(errorLines(said))}`,
    ...nodes.map(({ container, text }) => `${container} logged last:\n${indented(lines(text).slice(-8))}`),
  ].join('\n')
  return cause
    ? new EnvironmentError(cause.code, `${cause.message}\n${indented(cause.lines.map(shortened))}`, {
        hints: cause.hints,
        cause: thrown,
      })
    : new EnvironmentError('create-failed', `kind could not create the cluster ${name}.\n${evidence}`, {
        hints: ['kindup doctor looks at the machine.'],
        cause: thrown,
      })
}

/** The end of what each node logged: its boot, and its kubelet where it came so far. */
const lastWords = async (engine: Engine, name: string) => {
  const containers = await clusterContainers(engine, name).catch(() => [])
  return Promise.all(
    containers.map(async ({ name: container, running }) => {
      const [boot, kubelet] = await Promise.all([
        engine.logs(container, 20).catch(() => ''),
        running ? kubeletLog(engine, container) : '',
      ])
      return { container, text: kubelet === '' ? boot : kubelet }
    }),
  )
}

const kubeletLog = async (engine: Engine, container: string): Promise<string> => {
  const journal = ['journalctl', '--unit', 'kubelet', '--lines', '20', '--no-pager', '--output', 'cat']
  const { stdout } = await engine
    .exec(container, journal, { okCodes: [0, 1, 126, 127, 137], timeoutMs: 10_000 })
    .catch(() => ({ stdout: '' }))
  return stdout.includes('No entries') ? '' : stdout
}

/** kind writes what it does, and at the end what failed: that part, or the last lines. */
const errorLines = (said: string): readonly string[] => {
  const all = lines(said)
  const error = all.findIndex((line) => line.startsWith('ERROR:'))
  if (error < 0) return all.slice(-8).map(shortened)
  const [first = '', ...output] = all.slice(error)
  // A long output is all that kubeadm did; what stopped it stands near the end, before the frames of its stack.
  const telling = output.length < 12 ? output : output.filter((line) => stops.test(line)).slice(-8)
  return [first, ...(telling.length === 0 ? output.slice(-8) : telling)].map(shortened)
}

const stops = /\berrors?\b|\bfail(ed|ure)\b|\bfatal\b|timed out|not healthy|not ready|refused/i

/** kind shows whole docker commands; what failed stands at the end. */
const shortened = (line: string): string => (line.length > 400 ? `${line.slice(0, 150)} … ${line.slice(-240)}` : line)

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')
const indented = (some: readonly string[]): string => some.map((line) => `  ${line}`).join('\n')
