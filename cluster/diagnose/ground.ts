import { KindupError } from '../../core/errors.ts'
import { markerVolume, readMarker } from '../ownership-marker.ts'
import type { Container, Engine, EngineInfo } from '../engine/engine.ts'
import { causeIn } from '../kind/causes.ts'
import { clusterContainers } from '../kind/situation.ts'
import type { Finding } from './finding.ts'

/** What the engine tells of a cluster, with or without an API. */
export type Ground = {
  /** Undefined where no engine answers; `findings` says why. */
  readonly engine: { readonly name: string; readonly info: EngineInfo } | undefined
  readonly hasMarker: boolean
  readonly containers: readonly Container[]
  /** What each node logged: its boot, its kubelet, its containerd; empty where it tells nothing. */
  readonly nodes: readonly NodeLogs[]
  readonly findings: readonly Finding[]
}

type NodeLogs = {
  readonly container: string
  readonly files: Readonly<Record<'boot' | 'kubelet' | 'containerd', string>>
}

/** Lines of each log. */
const lines = 1_000
const patienceMs = 10_000

/** Where no engine is asked. */
export const unseenGround: Ground = { engine: undefined, hasMarker: false, containers: [], nodes: [], findings: [] }

/** Reads what the engine knows of a cluster. Only the stop of `signal` is thrown. */
export const seeGround = async (find: () => Promise<Engine>, name: string, signal: AbortSignal): Promise<Ground> => {
  try {
    const engine = await find()
    const info = await engine.info({ signal })
    const [marker, containers] = await Promise.all([readMarker(engine, name), clusterContainers(engine, name)])
    const nodes = await Promise.all(containers.map((container) => logsOf(engine, container, signal)))
    const seen = { engine: { name: engine.name, info }, hasMarker: marker !== undefined, containers, nodes }
    return { ...seen, findings: groundCauses(seen, name) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof KindupError)) throw error
    return {
      ...unseenGround,
      findings: [
        { about: 'the container engine', cause: error.message, evidence: [], hints: error.hints, depth: 'machine' },
      ],
    }
  }
}

const logsOf = async (engine: Engine, { name, running }: Container, signal: AbortSignal): Promise<NodeLogs> => {
  const journal = async (unit: string): Promise<string> => {
    const command = ['journalctl', '--unit', unit, '--lines', String(lines), '--no-pager']
    const call = { signal, timeoutMs: patienceMs, okCodes: [0, 1, 126, 127, 137] }
    const { stdout } = await engine.exec(name, command, call)
    return stdout.includes('-- No entries --') ? '' : stdout
  }
  const quietly = (asked: Promise<string>): Promise<string> =>
    asked.catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof KindupError) return ''
      throw error
    })
  const [boot, kubelet, containerd] = await Promise.all([
    quietly(engine.logs(name, lines)),
    running ? quietly(journal('kubelet')) : '',
    running ? quietly(journal('containerd')) : '',
  ])
  return { container: name, files: { boot, kubelet, containerd } }
}

/** What stops a cluster before its API can tell. */
const groundCauses = (
  { hasMarker, containers, nodes }: Pick<Ground, 'hasMarker' | 'containers' | 'nodes'>,
  name: string,
): readonly Finding[] => {
  if (containers.length === 0)
    return [
      {
        about: `the cluster ${name}`,
        cause: hasMarker
          ? `the cluster ${name} has no nodes: making it was interrupted, or other hands deleted them`
          : `there is no cluster ${name}`,
        evidence: hasMarker ? [`its mark is there: volume ${markerVolume(name)}`] : [],
        hints: hasMarker
          ? ['kindup up   # makes it again', `kindup down --name ${name}   # takes away what is left`]
          : ['kindup up   # makes it', 'kindup list   # those that are there'],
        depth: 'machine',
      },
    ]
  const stopped = containers.filter(({ running, paused }) => !running || paused === true)
  const logged = stopped.flatMap(({ name: container }) => {
    const { boot = '' } = nodes.find((one) => one.container === container)?.files ?? {}
    return causeIn(boot) ?? []
  })
  return stopped.length === 0
    ? []
    : [
        {
          about: stopped.map((container) => `node ${container.name}`).join(', '),
          cause: `${stopped.map((container) => container.name).join(', ')} ${stopped.length > 1 ? 'are' : 'is'} stopped`,
          evidence: logged.flatMap(({ message, lines: shown }) => [message, ...shown]).slice(0, 4),
          hints: ['kindup up   # starts what is stopped', ...logged.flatMap(({ hints }) => hints)],
          depth: 'machine',
        },
      ]
}

/** What the logs of nodes show that a cluster does not tell itself: only of one that does not answer, or whose nodes are not ready. */
export const journalCauses = ({ nodes }: Pick<Ground, 'nodes'>): readonly Finding[] =>
  nodes.flatMap(({ container, files }) => {
    // What happened last counts: a kubelet that could not start at first says much that has passed.
    const text = [files.boot, files.containerd, files.kubelet]
      .map((log) => log.split('\n').slice(-60).join('\n'))
      .join('\n')
    const cause = causeIn(text)
    return cause
      ? [
          {
            about: `node ${container}`,
            cause: cause.message.replace(/\.$/, ''),
            evidence: cause.lines.slice(0, 2).map((line) => line.slice(0, 300)),
            hints: cause.hints,
            depth: 'machine' as const,
          },
        ]
      : []
  })
