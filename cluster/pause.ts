import { poll, waitFor } from '../core/wait.ts'
import { clusterLabel } from './ownership-marker.ts'
import { CommandError } from '../core/run.ts'
import type { Container, Engine } from './engine/engine.ts'
import { withRole } from './kind/endpoint.ts'
import { listUsageLeases } from './registry/usage-leases.ts'
import { registryLabel } from './registry/names.ts'
import type { OurCluster } from './ours.ts'

/** Containers that were stopped or set going again, and those that had to stay as they are, with the clusters that use them. */
export type Paused = {
  readonly containers: readonly string[]
  readonly kept: readonly { readonly name: string; readonly users: readonly string[] }[]
}

type Call = { readonly signal: AbortSignal }

/**
 * Freezes the nodes of a cluster, and the registry and mirrors that no other running cluster uses: nothing in them runs,
 * ports, names and memory stay theirs. What was frozen goes on again when the rest could not be. `all` are the clusters
 * there are, `paused` the names of those that were paused since they were looked at. Throws CommandError where the engine cannot freeze.
 */
export const pauseCluster = async (
  { marker, engine, containers }: OurCluster,
  all: readonly OurCluster[],
  paused: readonly string[],
  { signal }: Call,
): Promise<Paused> => {
  const others = all.filter(
    (other) =>
      other.engine.name === engine.name &&
      ![marker.name, ...paused].includes(other.marker.name) &&
      other.containers.some(isRunning),
  )
  const { own, shared } = await registriesFor(engine, marker.name, new Set(others.map((other) => other.marker.name)))
  const names = [...containers, ...own].filter(isRunning).map(({ name }) => name)
  try {
    await engine.pauseContainers(names, { signal })
  } catch (error) {
    // The user's stop too: half a cluster that is frozen answers nobody.
    await engine.startContainers(await pausedAmong(engine, names))
    throw error
  }
  return { containers: names, kept: shared }
}

/** Until its API answers and its nodes are Ready. Throws `timed-out` with what is not. */
export const resumeCluster = async (
  { marker, engine, containers }: OurCluster,
  { signal, timeoutMs, report }: Call & { readonly timeoutMs: number; readonly report: (line: string) => void },
): Promise<Paused> => {
  const { own } = await registriesFor(engine, marker.name, new Set())
  const order = (['external-load-balancer', 'control-plane', 'worker'] as const).flatMap((role) =>
    withRole(containers, role),
  )
  const names = [...own, ...order].filter((container) => !isRunning(container)).map(({ name }) => name)
  await engine.startContainers(names, { signal })
  const [head] = withRole(containers, 'control-plane')
  if (head && names.length > 0)
    await waitFor(
      `The cluster ${marker.name}`,
      poll(() => readiness(engine, head.name, signal), 250),
      { timeoutMs, signal, report },
    )
  return { containers: names, kept: [] }
}

const isRunning = ({ running, paused }: Container): boolean => running && paused !== true

/** As the cluster itself sees it, whatever way leads to it from here. */
const readiness = async (engine: Engine, node: string, signal: AbortSignal) => {
  const ready = '{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status} {end}'
  const command = [
    'kubectl',
    '--kubeconfig=/etc/kubernetes/admin.conf',
    '--request-timeout=2s',
    'get',
    'nodes',
    '-o',
    `jsonpath=${ready}`,
  ]
  try {
    const { stdout } = await engine.exec(node, command, { signal })
    const waiting = stdout
      .trim()
      .split(' ')
      .filter((one) => !one.endsWith('=True'))
    if (stdout.trim() !== '' && waiting.length === 0) return { done: undefined }
    return { waiting: `not Ready: ${waiting.map((one) => one.split('=')[0]).join(', ')}` }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof CommandError)) throw error
    return { waiting: 'its API does not answer' }
  }
}

const pausedAmong = async (engine: Engine, names: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(names.map((one) => engine.container(one)))
  return found.flatMap((container) => (container?.paused ? [container.name] : []))
}

/** The registry and mirrors of a cluster: its own, and those that a cluster of `running` uses too. */
const registriesFor = async (
  engine: Engine,
  cluster: string,
  running: ReadonlySet<string>,
): Promise<{
  readonly own: readonly Container[]
  readonly shared: Paused['kept']
}> => {
  const [claims, registries, labelled] = await Promise.all([
    listUsageLeases(engine),
    engine.containers(registryLabel),
    engine.containers(clusterLabel(cluster)),
  ])
  const claimed = new Set(claims.filter((claim) => claim.cluster === cluster).map(({ container }) => container))
  const usersOf = (name: string): readonly string[] =>
    claims.flatMap((claim) =>
      claim.container === name && claim.cluster !== undefined && running.has(claim.cluster) ? [claim.cluster] : [],
    )
  const wanted = new Map(
    [...labelled, ...registries.filter(({ name }) => claimed.has(name))].map((container) => [
      container.name,
      container,
    ]),
  )
  const all = [...wanted.values()]
  return {
    own: all.filter(({ name }) => usersOf(name).length === 0),
    shared: all.filter(({ name }) => usersOf(name).length > 0).map(({ name }) => ({ name, users: usersOf(name) })),
  }
}
