import type { Container } from '../cluster/engine/engine.ts'
import { clusterContainers } from '../cluster/kind/situation.ts'
import type { Kube } from '../cluster/kube/kube.ts'
import { nodesOf, type Nodes } from '../cluster/snapshot/nodes.ts'
import { subjectOf } from '../config/subject.ts'
import { EnvironmentError, stopReason } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { contextOf } from '../core/walk.ts'
import { loadOptions, type App, type CommonFlags, type SettingFlags } from './app.ts'
import { refuseExisting } from './existing/not-made-here.ts'
import { withRecorded, type Recorded } from './recorded.ts'

/** A running cluster that this run has to itself. */
export type HeldNodes = {
  readonly name: string
  readonly kube: Kube
  readonly nodes: Nodes
  readonly recorded: Recorded
  readonly containers: readonly Container[]
  readonly signal: AbortSignal
  /** Throws where another run has taken over. */
  readonly confirm: () => void
}

/** Calls `use` with the nodes of the cluster that the flags mean. Throws `cluster-absent`, `not-ours`, `busy`, `not-running`. */
export const withNodes = async <T>(
  app: App,
  flags: CommonFlags & SettingFlags,
  { terminal, command }: { readonly terminal: Terminal; readonly command: string },
  use: (held: HeldNodes) => Promise<T>,
): Promise<T> => {
  const warn = (_id: string, text: string): void => terminal.err(text)
  const { context } = await subjectOf(loadOptions(app, flags))
  refuseExisting(context, command)
  return withRecorded({ app, flags, terminal, command }, { warn }, async (recorded, { name }) => {
    if (!recorded)
      throw new EnvironmentError('cluster-absent', `There is no cluster ${name}.`, { hints: ['kindup up'] })
    const { cluster, options } = recorded
    const engine = await cluster.engine()
    const containers = await clusterContainers(engine, name)
    const nodes = nodesOf(name, engine, containers, options.signal, {
      env: app.env,
      ...(app.spawn && { spawn: app.spawn }),
    })
    return use({
      name,
      recorded,
      containers,
      kube: await cluster.kube(contextOf(options, 'snapshot')),
      nodes,
      signal: options.signal,
      confirm: () => {
        if (options.signal.aborted) throw stopReason(options.signal)
      },
    })
  })
}
