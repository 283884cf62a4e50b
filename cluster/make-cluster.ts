import type { Config } from '../config/config.ts'
import { lazyStep } from '../core/lazy-step.ts'
import type { Observations } from '../core/observations.ts'
import { together } from '../core/shared.ts'
import type { Run, Spawn } from '../core/run.ts'
import type { Context, Step } from '../core/step.ts'
import { makeAccess, type Access } from './kind/access.ts'
import type { MadeCluster } from './made-cluster.ts'
import { readMarker } from './ownership-marker.ts'
import { existingAccess } from './existing/access.ts'
import { existingCluster } from './existing/existing-cluster.ts'
import { findEngine } from './engine/find.ts'
import type { Engine } from './engine/engine.ts'
import { namedNodes } from './nodes/may-run.ts'
import { defaultKubeconfigFile } from './kubeconfig/default-file.ts'
import { makeLifecycle } from './kind/lifecycle.ts'
import { makeEarlyLoads } from './load/early-loads.ts'
import type { LoadMemory, Pushes } from './load/memory.ts'
import { clusterContainers } from './kind/situation.ts'
import { mirrorsOf, registryContainers } from './mirrors/mirrors.ts'
import { nodesHead } from './nodes/head.ts'
import { mayFail } from './mirrors/step.ts'
import { cacheFolder } from '../core/paths.ts'
import { clusterPaths } from './paths.ts'
import { makeCerts } from './registry/certs.ts'
import { localRegistry } from './registry/local.ts'
import { registryHead } from './registry/head.ts'
import { makePublisher } from './registry/publisher.ts'
import type { Served } from './registry/served.ts'
import { clusterApiStep } from './steps/cluster-api.ts'
import type { Parts } from './parts.ts'
import type { Tools } from './tools/tools.ts'

export type ClusterOptions = {
  readonly config: Config
  readonly run: Run
  readonly tools: Tools
  /** kindup's own version, for the ownership marker. */
  readonly version: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Starts what `run` cannot: programs whose output goes into others. Default: that of Node. */
  readonly spawn?: Spawn
  /** Recreate the cluster where it cannot be changed in place. */
  readonly recreate?: boolean
  /** Only a part of the file is meant: nothing is removed. */
  readonly isNarrowed?: boolean
  /** What is known of the world outside. */
  readonly looks?: Observations
  /** Where somebody has looked for it already. */
  readonly engine?: () => Promise<Engine>
  /** Of the whole run: kind goes on after the step that started it. */
  readonly signal?: AbortSignal
  /** Of the same cluster, from an earlier reading of the file: its connections are used again. */
  readonly access?: Access
  /** Of the same cluster, too: what does not change about its nodes. */
  readonly imageStores?: LoadMemory['imageStores']
  /** And what an engine pushed for it. */
  readonly pushes?: Pushes
}

export type { MadeCluster } from './made-cluster.ts'

/** The cluster of a file, as one run of kindup sees it. Starts and reads nothing. */
export const makeCluster = (options: ClusterOptions): MadeCluster => {
  const {
    config,
    run,
    tools,
    version,
    env = process.env,
    spawn,
    recreate = false,
    isNarrowed = false,
    signal,
  } = options
  const existing = config.cluster.context
  const context = existing ?? `kind-${config.name}`
  const paths = clusterPaths(config.name, env, existing)
  const nodes = namedNodes(config.name, config.cluster.nodes)
  const engine = options.engine ?? findEngine(config, run, env)
  const access =
    options.access ??
    (existing === undefined
      ? makeAccess({ name: config.name, context, paths, engine, signal, looks: options.looks })
      : existingAccess({ context, paths, env, signal, looks: options.looks }))
  const memory: LoadMemory = {
    there: new Set(),
    firstLooks: new Map(),
    imageStores: options.imageStores ?? new Map(),
    pushes: options.pushes,
    underWay: new Map(),
  }
  const direct = registryContainers(config)
  const lifecycle = makeLifecycle({ config, run, tools, env, paths, access, engine, direct, signal })
  const send = async (
    images: readonly string[],
    containers: readonly string[],
    ctx: Pick<Context, 'signal' | 'warn' | 'report'>,
  ) => {
    const { loadImages } = await import('./load/load.ts')
    return loadImages({
      engine: await engine(),
      images,
      containers,
      signal: ctx.signal,
      warn: ctx.warn,
      report: (line) => ctx.report(`putting images into the nodes: ${line}`),
      memory,
      cacheFolder: cacheFolder(env),
      env,
      registry: existing === undefined ? publisher : undefined,
      ...(spawn && { spawn }),
    })
  }
  /** This run put them there, and nobody has called for them yet: they are news. */
  const sentEarly = new Set<string>()
  const early = makeEarlyLoads((stand) =>
    lifecycle.onNodes(() => {
      // They may be others than a moment ago.
      memory.there.clear()
      memory.firstLooks?.clear()
      stand()
    }),
  )
  const parts: Parts = {
    config,
    run,
    version,
    env,
    context,
    nodes,
    paths,
    access,
    lifecycle,
    engine,
    recreate,
    isNarrowed,
  }
  const local = localRegistry(config)
  const publisher = local && makePublisher(local, parts)
  const deps = { parts, certs: makeCerts(engine, config.name) }
  const registry = (served: Served): Step =>
    lazyStep(registryHead(served), async () => (await import('./registry/step.ts')).registryStep(served, deps))
  const made: MadeCluster = {
    config,
    run,
    tools,
    context,
    nodes,
    engine,
    access,
    imageStores: memory.imageStores,
    kubeconfig: () => access.kubeconfig(),
    kube: () => access.kube(),
    record: () => access.record(),
    // Each deployable wants the ports, and a look costs two processes.
    ports: together(async () => {
      const { portsOf } = await import('./ports/ports-of.ts')
      return portsOf(await engine(), config.name, nodes)
    }),
    nodeStarts: together(async () => {
      const [using, { startsOf }] = await Promise.all([engine(), import('./ready/node-starts.ts')])
      const [containers, { aheadMs = 0 }] = await Promise.all([clusterContainers(using, config.name), using.info()])
      const names = nodes.map(({ container }) => container)
      return startsOf(names, containers, Date.now() + aheadMs)
    }),
    load: async (images, containers, ctx) => {
      const sent = await send(images, containers, ctx)
      const before = images.filter((image) => sentEarly.delete(image) && !sent.includes(image))
      return [...before, ...sent]
    },
    loadEarly: (images, containers, ctx) => {
      if (containers.length === 0) return
      early.send(async (stop) => {
        const either = AbortSignal.any([ctx.signal, stop])
        for (const image of await send(images, containers, { ...ctx, signal: either })) sentEarly.add(image)
      })
    },
    missing: async (images, containers, ctx) => {
      const { missingImages } = await import('./load/load.ts')
      const missing = await missingImages({ engine: await engine(), images, containers, signal: ctx.signal, memory })
      return images.filter((image) => missing.includes(image) || sentEarly.has(image))
    },
    steps: [
      clusterApiStep(parts),
      lazyStep(nodesHead(nodes), async () => (await import('./steps/cluster-nodes.ts')).clusterNodesStep(parts)),
      ...(local ? [registry(local)] : []),
      ...mirrorsOf(config).map((mirror) => mayFail(registry(mirror))),
    ],
    undoers: {
      registry: async (entry, ctx) => (await import('./registry/step.ts')).undoRegistry(entry, deps, ctx),
    },
    registry: publisher,
    takeMarker: async () => void (await (await import('./steps/ownership-marker.ts')).ensureMarker(parts)),
    userKubeconfig: async () =>
      (await readMarker(await engine(), config.name))?.kubeconfig ?? defaultKubeconfigFile(env),
    settled: async () => {
      await Promise.all([lifecycle.ended().catch(() => undefined), early.end()])
    },
  }
  if (existing === undefined) return made
  const { load, missing, imageStores } = made
  return existingCluster({
    config,
    run,
    tools,
    load,
    missing,
    imageStores,
    access,
    engine,
    context,
    env,
    settled: () => early.end(),
  })
}
