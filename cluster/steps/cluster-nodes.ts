import { EnvironmentError } from '../../core/errors.ts'
import type { Context, Status, Step } from '../../core/step.ts'
import { waitFor } from '../../core/wait.ts'
import type { Verdict } from '../../core/wait.ts'
import { clusterContainers } from '../kind/situation.ts'
import { markWhole } from '../kind/whole.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { builtFrom, builtIn, builtOtherwise, nodesStep } from '../nodes/built.ts'
import { markNodes } from '../nodes/mark-nodes.ts'
import { marksOf } from '../nodes/marks.ts'
import { nodesVerdict, notReady } from '../nodes/readiness.ts'
import type { Parts } from './parts.ts'

const nodesQuery = { apiVersion: 'v1', kind: 'Node' } as const

/** All nodes of the file, joined and Ready, with its labels and taints. */
export const clusterNodesStep = (parts: Parts): Step => {
  const { config, access, lifecycle, nodes } = parts
  const names = nodes.map(({ container }) => container)

  /** What differs that only a new cluster can have. */
  const unchangeable = async (live: readonly KubeObject[]): Promise<string | undefined> => {
    const entry = (await (await access.record()).entries()).get(nodesStep.id)
    const other = builtOtherwise(config, entry)
    if (other !== undefined) return other
    const extra = live.map(({ metadata }) => metadata.name).filter((name) => !names.includes(name) && builtIn(entry))
    return extra.length > 0 && !('nodes' in config.cluster.kind)
      ? `the cluster has nodes that the file has not: ${extra.join(', ')}`
      : undefined
  }

  const status = async (): Promise<Status> => {
    const live = await (await access.kube()).list(nodesQuery)
    const other = await unchangeable(live)
    if (other !== undefined) return { state: 'changed', what: `${other}; only --recreate changes that` }
    const gone = names.filter((name) => !live.some(({ metadata }) => metadata.name === name))
    if (gone.length > 0) return { state: 'broken', why: `${gone.join(', ')} has not joined` }
    for (const node of live) {
      const why = names.includes(node.metadata.name) ? notReady(node) : undefined
      if (why !== undefined) return { state: 'broken', why: `${node.metadata.name}: ${why}` }
    }
    const entry = (await (await access.record()).entries()).get(nodesStep.id)
    if (!entry?.fingerprint) return { state: 'changed', what: 'making them was interrupted' }
    const differences = nodes.flatMap((node) => {
      const object = live.find(({ metadata }) => metadata.name === node.container)
      return object ? marksOf(object, node).differences.map((what) => `${node.container}: ${what}`) : []
    })
    return differences.length > 0 ? { state: 'changed', what: differences.join('; ') } : { state: 'ready' }
  }

  const up = async (ctx: Context): Promise<void> => {
    ctx.report('joining the nodes')
    await lifecycle.ended((line) => ctx.report(line))
    const [kube, record] = await Promise.all([access.kube(), access.record()])
    const other = await unchangeable(await kube.list(nodesQuery))
    if (other !== undefined)
      throw new EnvironmentError('recreate-needed', `This cannot be changed in place: ${other}.`, {
        hints: ['kindup up --recreate   # deletes the cluster and makes it anew', 'Or undo the change in the file.'],
      })
    const entry = (await record.entries()).get(nodesStep.id)
    const built = builtIn(entry) ?? builtFrom(config)
    const { id, title, kind, needs } = nodesStep
    if (!entry || entry.fingerprint) await record.begin({ id, title, kind, needs, undo: { built } })
    const live = await waitFor('The nodes', (signal) => standing(kube, names, signal), {
      timeoutMs: ctx.timeoutMs,
      signal: ctx.signal,
      report: (line) => ctx.report(line),
    })
    await markNodes(kube, nodes, live)
    const engine = await parts.engine()
    await Promise.all([
      record.finish(id, built),
      clusterContainers(engine, config.name).then((containers) => markWhole(engine, containers)),
    ])
  }

  return {
    id: nodesStep.id,
    title: `${nodes.length} node${nodes.length === 1 ? '' : 's'}`,
    needs: nodesStep.needs,
    dies: 'with-cluster',
    status,
    up,
    // Nodes go with their cluster.
    down: () => Promise.resolve(),
  }
}

async function* standing(
  kube: Kube,
  names: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Verdict<readonly KubeObject[]>> {
  for await (const nodes of kube.watch(nodesQuery, signal)) yield nodesVerdict(names, nodes)
}
