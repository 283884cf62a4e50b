import type { Context, Status, Step } from '../../core/step.ts'
import { waitFor } from '../../core/wait.ts'
import type { Verdict } from '../../core/wait.ts'
import { clusterContainers } from '../kind/situation.ts'
import { markFinished } from '../kind/finished.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { builtCount, builtFrom, builtOtherwise, builtUndo, recreateNeeded } from '../nodes/built.ts'
import { lossOf } from '../nodes/drain.ts'
import { taintPlanes } from '../nodes/plane-taint.ts'
import { extraWorkers, removeWorkers } from './remove-workers.ts'
import { nodesHead, nodesStep } from '../nodes/head.ts'
import { labelNodes } from '../nodes/labels.ts'
import { nodeLabelsOf } from '../nodes/labels.ts'
import { awaitDns, dnsTroubleNow } from '../ready/cluster-dns.ts'
import { nodesVerdict, nodeTrouble } from '../ready/node-readiness.ts'
import { startsOf } from '../ready/node-starts.ts'
import { merged } from '../ready/merged.ts'
import type { NodeStarts } from '../ready/node-starts.ts'
import type { Parts } from '../parts.ts'

const queries = [
  { apiVersion: 'v1', kind: 'Node' },
  { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease' },
  { apiVersion: 'v1', kind: 'Pod', namespace: 'kube-system' },
] as const
/** The Leases of nodes are renewed all the time. */
const tickMs = 1_000

/** All nodes of the file, joined and Ready, with its labels and taints. */
export const clusterNodesStep = (parts: Parts): Step => {
  const { config, access, lifecycle, nodes } = parts
  const names = nodes.map(({ container }) => container)

  const entryOf = async () => (await (await access.record()).entries()).get(nodesStep.id)

  const extraNow = async (): Promise<readonly string[]> =>
    parts.isNarrowed ? [] : extraWorkers(await clusterContainers(await parts.engine(), config.name), nodes)

  const startsNow = async () => {
    const engine = await parts.engine()
    const [containers, { aheadMs = 0 }] = await Promise.all([clusterContainers(engine, config.name), engine.info()])
    return startsOf(names, containers, Date.now() + aheadMs)
  }

  const status = async (): Promise<Status> => {
    const kube = await access.kube()
    const [[nodesNow = [], leases = [], pods = []], starts] = await Promise.all([
      Promise.all(queries.map((query) => kube.list(query))),
      startsNow(),
    ])
    const live = { nodes: nodesNow, leases, pods }
    const entry = await entryOf()
    const other = builtOtherwise(config, entry)
    if (other !== undefined) {
      const refusal = await recreateNeeded(kube, other)
      return { state: 'changed', what: `${other}; only --recreate changes that`, refusal }
    }
    const gone = names.filter((name) => !live.nodes.some(({ metadata }) => metadata.name === name))
    if (!entry?.fingerprint && (lifecycle.created() || gone.length > 0)) return { state: 'absent' }
    if (gone.length > 0) return { state: 'broken', why: `${gone.join(', ')} has not joined` }
    for (const node of live.nodes) {
      const why = names.includes(node.metadata.name) ? nodeTrouble(node, live, starts) : undefined
      if (why !== undefined) return { state: 'broken', why: `${node.metadata.name}: ${why}` }
    }
    if (!entry?.fingerprint) return { state: 'changed', what: 'making them was interrupted' }
    const unresolved = await dnsTroubleNow(kube, live.pods)
    if (unresolved !== undefined) return { state: 'broken', why: unresolved }
    const extra = await extraNow()
    if (extra.length > 0) {
      const losses = await Promise.all(extra.map((name) => lossOf(kube, name)))
      const refusal = losses.find((loss) => loss !== undefined)
      const what = `${extra.join(', ')} ${extra.length > 1 ? 'are' : 'is'} no longer in the file: drained and removed`
      return { state: 'changed', what, ...(refusal && { refusal }) }
    }
    const differences = nodes.flatMap((node) => {
      const object = live.nodes.find(({ metadata }) => metadata.name === node.container)
      return object ? nodeLabelsOf(object, node).differences.map((what) => `${node.container}: ${what}`) : []
    })
    return differences.length > 0 ? { state: 'changed', what: differences.join('; ') } : { state: 'ready' }
  }

  const up = async (ctx: Context): Promise<void> => {
    ctx.report('joining the nodes')
    await lifecycle.ended((line) => ctx.report(line))
    const [kube, record] = await Promise.all([access.kube(), access.record()])
    const entry = await entryOf()
    const other = builtOtherwise(config, entry)
    if (other !== undefined) throw await recreateNeeded(kube, other)
    const built = builtFrom(config)
    const count = builtCount(entry) ?? nodes.length
    const { id, of, title, kind, needs } = nodesStep
    const isOtherCount = count !== nodes.length
    // Until it is done the record says what was: the taint of the control plane goes by it.
    const undo = isOtherCount ? entry?.undo : builtUndo(config)
    if (!entry || entry.fingerprint) await record.begin({ id, of, title, kind, needs, undo })
    const starts = await startsNow()
    const live = await waitFor('The nodes', (signal) => readiness(kube, names, starts, signal), {
      ...ctx,
      report: (line) => ctx.report(line),
    })
    await labelNodes(kube, nodes, live)
    const engine = await parts.engine()
    if ((count === 1) !== (nodes.length === 1))
      await taintPlanes(kube, await kube.list({ apiVersion: 'v1', kind: 'Node' }), nodes.length === 1)
    const extra = await extraNow()
    if (extra.length > 0) await removeWorkers(extra, { kube, engine }, ctx)
    await awaitDns(kube, ctx, { context: parts.context, engine: engine.command })
    await Promise.all([
      record.finish(id, built, isOtherCount ? builtUndo(config) : undefined),
      clusterContainers(engine, config.name).then((containers) => markFinished(engine, containers)),
    ])
  }

  return {
    ...nodesHead(nodes),
    status,
    up,
    // Nodes go with their cluster.
    down: () => Promise.resolve(),
  }
}

async function* readiness(
  kube: Kube,
  names: readonly string[],
  starts: NodeStarts,
  signal: AbortSignal,
): AsyncGenerator<Verdict<readonly KubeObject[]>> {
  const sources = queries.map((query) => (until: AbortSignal) => kube.watch(query, until))
  for await (const objects of merged(sources, tickMs, signal)) {
    const of = (kind: string): readonly KubeObject[] => objects.filter((object) => object.kind === kind)
    yield nodesVerdict(names, { nodes: of('Node'), leases: of('Lease'), pods: of('Pod') }, starts)
  }
}
