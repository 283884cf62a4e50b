import type { PortConfig } from '../../config/config.ts'
import { unlessRefused } from '../../core/errors.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { binderOf } from '../ports/binder.ts'
import { seePorts } from '../ports/see-ports.ts'
import { settlePorts, type PortConflict } from '../ports/settle.ts'
import { showHostPort } from '../ports/show.ts'
import { portTrouble, type Binder } from '../ports/trouble.ts'
import { noFile, type Check, type CheckDependencies } from './check.ts'
import { portHolder } from '../ports/port-holder.ts'
import { sysctlSteps, type Repair } from './repair.ts'

export const portsCheck: Check = {
  id: 'ports',
  title: 'the host ports are free, or ours',
  run: async (dependencies) => {
    const { config, run, env } = dependencies
    if (!config) return noFile
    const engine = await reachable(dependencies)
    const [{ containers, moved }, binder] = engine
      ? await Promise.all([seePorts(engine, config), binderOf(engine, run, env)])
      : [{ containers: [], moved: new Map<string, never>() }, undefined]
    if (binder?.host !== undefined)
      return {
        state: 'skipped',
        cause: `The engine is on ${binder.host}: what is free there cannot be seen from here.`,
      }
    const fallback = config.cluster.onPortConflict === 'fallback'
    const { nodes, conflicts: inTheWay } = await settlePorts(config, { containers, moved, binder, fallback })
    const ours = new Set(
      containers.filter(({ running, paused }) => running || paused).flatMap(({ ports }) => ports.map(key)),
    )
    const wanted = nodes
      .flatMap(({ ports }) => ports.map((port) => ({ ...port, hostPort: port.bound ?? port.hostPort })))
      .filter((port) => port.hostPort !== 0 && !ours.has(key(port)))
    const conflicts = [...inTheWay, ...(await stillInTheWay(wanted, inTheWay, binder))]
    const evidence = `${wanted.map(showHostPort).join(', ') || 'none to bind'}${ours.size > 0 ? `; ${ours.size} are the cluster's already` : ''}`
    if (conflicts.length === 0) return { state: 'ok', evidence }
    const sentences = await Promise.all(conflicts.map((conflict) => sentenceFor(conflict, engine, dependencies)))
    return {
      state: conflicts.every(({ instead }) => instead !== undefined) ? 'warning' : 'failed',
      cause: `${sentences.join('; ')}.`,
      evidence,
      fix: fixFor(conflicts, containers),
      ...repairFor(conflicts, dependencies.platform),
    }
  },
}

/** Ports that nobody chose now: those of a cluster that is stopped can be lost to another program. */
const stillInTheWay = async (
  wanted: readonly PortConfig[],
  known: readonly PortConflict[],
  binder: Binder | undefined,
): Promise<readonly PortConflict[]> => {
  const open = wanted.filter((port) => !known.some((conflict) => key(conflict.port) === key(port)))
  const probed = await Promise.all(open.map(async (port) => ({ port, trouble: await portTrouble(port, binder) })))
  return probed.flatMap(({ port, trouble }) => (trouble === undefined ? [] : [{ port, trouble }]))
}

const sentenceFor = async (
  { port, trouble, instead }: PortConflict,
  engine: Engine | undefined,
  dependencies: CheckDependencies,
): Promise<string> => {
  const place = showHostPort(port)
  const moves = instead === undefined ? '' : `: ${showHostPort({ ...port, hostPort: instead })} takes its place`
  if (trouble === 'no-address') return `${port.address} is no address of this machine (${place})`
  if (trouble === 'forbidden') return `${place} may not be bound by a rootless engine${moves}`
  const { run, signal, proc = '/proc' } = dependencies
  const holder = await portHolder(port, { run, proc, engine, signal })
  return `${place} is taken by ${holder ?? `another program (sudo lsof -nP -i :${port.hostPort} tells which)`}${moves}`
}

const fixFor = (conflicts: readonly PortConflict[], containers: readonly Container[]): string => {
  const low = conflicts.filter(({ trouble }) => trouble === 'forbidden').map(({ port }) => port.hostPort)
  return [
    ...(low.length > 0 ? [`sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${Math.min(...low)}`] : []),
    ...(low.length < conflicts.length
      ? [
          containers.length > 0
            ? 'Stop that program, or map other host ports under cluster.nodes.'
            : 'Stop that program, map other host ports under cluster.nodes, or say cluster: { onPortConflict: fallback }.',
        ]
      : ['Or map host ports from 1024 on under cluster.nodes, or say cluster: { onPortConflict: fallback }.']),
  ].join('\n')
}

const file = '/etc/sysctl.d/60-kindup-ports.conf'

/** Linux alone keeps low ports for root by a number. */
const repairFor = (conflicts: readonly PortConflict[], platform: string): { readonly repair?: Repair } => {
  const low = conflicts.filter(({ trouble }) => trouble === 'forbidden').map(({ port }) => port.hostPort)
  if (low.length === 0 || platform !== 'linux') return {}
  const steps = sysctlSteps(file, { 'net.ipv4.ip_unprivileged_port_start': Math.min(...low) })
  return { repair: { title: `let users bind ports from ${Math.min(...low)} on (${file})`, steps } }
}

const reachable = async ({ engine }: CheckDependencies): Promise<Engine | undefined> => {
  return unlessRefused(engine, undefined)
}

const key = ({ hostPort, protocol }: { hostPort: number; protocol: string }): string => `${hostPort}/${protocol}`
