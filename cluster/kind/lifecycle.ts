import { rm } from 'node:fs/promises'
import type { Config } from '../../config/config.ts'
import { EnvironmentError, stopReason } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor } from '../../core/wait.ts'
import { whyNoApi } from './access.ts'
import type { Access } from './access.ts'
import type { Engine } from '../engine/engine.ts'
import type { ClusterPaths } from '../paths.ts'
import type { Tools } from '../tools/tools.ts'
import { portsOfNode } from './ports-of-node.ts'
import { kindDocument, needsCgroupPatch } from './document.ts'
import { withRole } from './endpoint.ts'
import { kindClusterLabel } from './labels.ts'
import { nodeImage } from './node-images.ts'
import { clusterContainers } from './situation.ts'

/** Makes, starts and deletes the containers of one cluster during one run. */
export type Lifecycle = {
  /** Deletes what is there and creates the cluster. Returns when its API answers: kind goes on joining nodes. */
  create(ctx: Context): Promise<void>
  /** Starts what is stopped, control planes first. */
  start(ctx: Context): Promise<void>
  /** Until the API answers. */
  answers(ctx: Context, timeoutMs: number): Promise<void>
  /** Until kind has ended, when it was started in this run. Throws why it failed. */
  ended(report?: (line: string) => void): Promise<void>
  /** Whether this run created the cluster. */
  created(): boolean
  /** Calls `stand` each time the containers of a new cluster run, which is long before its API answers. */
  onNodes(stand: () => void): void
}

type Parts = {
  readonly config: Config
  readonly run: Run
  readonly tools: Pick<Tools, 'kind'>
  /** The user's own. Default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly paths: ClusterPaths
  readonly access: Access
  readonly engine: () => Promise<Engine>
  /** Containers that the nodes reach without a proxy. Default: none. */
  readonly direct?: readonly string[]
  /** Of the whole run: kind outlives the step that started it. */
  readonly signal?: AbortSignal | undefined
}

export const makeLifecycle = ({
  config,
  run,
  tools,
  env,
  paths,
  access,
  engine,
  direct = [],
  signal,
}: Parts): Lifecycle => {
  const { name } = config
  const listeners: (() => void)[] = []
  let creation: { readonly ended: Promise<void>; report: (line: string) => void } | undefined

  const destroy = async (until: AbortSignal): Promise<void> => {
    const [{ endOrphans }, { removeContainersWith }] = await Promise.all([
      import('./orphans.ts'),
      import('./remove-containers.ts'),
    ])
    await endOrphans(run, paths, until)
    await removeContainersWith(await engine(), [`${kindClusterLabel}=${name}`], until)
    await rm(paths.kubeconfig, { force: true })
    access.forget()
  }

  /** What the engine and the installed kind make of the file. */
  const documentFor = async (ctx: Context): Promise<string> => {
    const [kind, using] = await Promise.all([tools.kind(ctx), engine()])
    const info = await using.info()
    const image = nodeImage(config.cluster.kubernetes, kind.version, config.at(['cluster', 'kubernetes']))
    const held = image?.includes('@') ? await using.image(image) : undefined
    const dependencies = {
      image: held?.standIn ?? image,
      cgroupVersion: info.cgroupVersion,
      isElsewhere: info.host !== undefined,
    }
    if (needsCgroupPatch(dependencies))
      ctx.warn(
        'The engine is on cgroup v1, which kubelets refuse from Kubernetes 1.35 on: failCgroupV1 is set to false.',
      )
    if (info.host !== undefined)
      ctx.warn(
        `The engine is on ${info.host}: the API and the ports are bound to every address of that machine (0.0.0.0), because its 127.0.0.1 is not reached from here.`,
      )
    const { cluster } = config
    const nodes = cluster.nodes.map((node) => ({ ...node, ports: portsOfNode(node.ports, cluster, using) }))
    return kindDocument({ ...config, cluster: { ...cluster, nodes } }, dependencies)
  }

  const apiAnswers = async (ctx: Context, timeoutMs: number, begun: () => boolean): Promise<void> => {
    let renewed = false
    let asked = 0
    const ask = async () => {
      // A look costs three processes, which a machine that creates containers is short of.
      if (!begun() && asked++ % 6 !== 5) return { waiting: 'the nodes are being made' }
      renewed ||= await access.renew()
      if (!renewed) return { waiting: 'the control plane starts' }
      const why = await whyNoApi(access)
      return why === undefined ? { done: undefined } : { waiting: why }
    }
    // Before there is an API, nothing can be watched.
    await waitFor(`The API of ${name}`, poll(ask, 300), {
      timeoutMs,
      // A glance at what may be dead is shorter than a step may be.
      fixed: timeoutMs < ctx.timeoutMs,
      signal: ctx.signal,
      ...(ctx.endsAt !== undefined && { endsAt: ctx.endsAt }),
    })
  }

  const create = async (ctx: Context): Promise<void> => {
    const [using, kind, document, { createWithKind }, { failureOf }] = await Promise.all([
      engine(),
      tools.kind(ctx),
      documentFor(ctx),
      import('./create.ts'),
      import('./failure.ts'),
    ])
    await destroy(ctx.signal)
    const stop = new AbortController()
    let begun = false
    const whole = AbortSignal.any([signal ?? ctx.signal, stop.signal])
    const current: NonNullable<typeof creation> = {
      report: (line) => ctx.report(line),
      ended: (async () => {
        const options = {
          kind,
          engine: using,
          run,
          paths,
          name,
          direct,
          document,
          signal: whole,
          timeoutMs: ctx.timeoutMs,
        }
        for (let attempt = 1; ; attempt++)
          try {
            await createWithKind({
              env,
              ...options,
              report: (line) => {
                if (line.startsWith('starting control-plane')) {
                  begun = true
                  for (const stand of listeners) stand()
                }
                current.report(line)
              },
            })
            return
          } catch (error) {
            if (whole.aborted) throw stopReason(whole)
            const failure = await failureOf(using, name, error)
            await destroy(whole)
            // Another kind may have been faster: it is told so once, and not twice.
            if (failure.code !== 'name-taken' || attempt > 1) throw failure
          }
      })(),
    }
    creation = current
    const failed = new Promise<never>((_resolve, reject) => {
      current.ended.catch(reject)
    })
    const waiting = { ...ctx, signal: AbortSignal.any([ctx.signal, stop.signal]) }
    try {
      await Promise.race([failed, apiAnswers(waiting, ctx.timeoutMs, () => begun)])
    } catch (error) {
      stop.abort(error)
      await current.ended.catch(() => undefined)
      throw error
    }
  }

  const start = async (ctx: Context): Promise<void> => {
    const using = await engine()
    const containers = await clusterContainers(using, name)
    const order = (['external-load-balancer', 'control-plane', 'worker'] as const).flatMap((role) =>
      withRole(containers, role),
    )
    const stopped = order.filter(({ running }) => !running).map((container) => container.name)
    if (stopped.length === 0) return
    ctx.report(`starting ${stopped.join(', ')}`)
    await using.startContainers(stopped, { signal: ctx.signal })
    access.forget()
  }

  return {
    create,
    start,
    answers: (ctx, timeoutMs) => apiAnswers(ctx, timeoutMs, () => true),
    ended: async (report) => {
      if (!creation) return
      if (report) creation.report = report
      await creation.ended
    },
    created: () => creation !== undefined,
    onNodes: (stand) => void listeners.push(stand),
  }
}

/** A cluster that is finished and does not answer is not thrown away unasked. */
export const doesNotAnswer = (name: string, cause: EnvironmentError): EnvironmentError =>
  new EnvironmentError('api-unreachable', `The nodes of ${name} run, and its API does not answer. ${cause.message}`, {
    hints: ['kindup up --recreate   # recreates the cluster', `docker logs ${name}-control-plane`],
    cause,
  })
