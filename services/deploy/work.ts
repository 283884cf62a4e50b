import { type Identity } from '../../core/identity.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { RecordedWork } from '../../cluster/inventory/recorded-step.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import type { StepHead } from '../../core/lazy-step.ts'
import type { Context, Endpoint, Facts, Port } from '../../core/step.ts'
import { releaseOf, type Deployable } from '../../manifests/deployable.ts'
import { makeHooks, type SharedRuns } from '../hooks/hooks.ts'
import { keepDeployed } from './keep-deployed.ts'
import type { SecretDigests } from '../secrets/digests.ts'
import { objectsOf, placesOf } from './rendered-objects.ts'
import { servedIngresses } from './served-ingresses.ts'
import { rulesFor } from '../../manifests/source/finish.ts'
import type { Delivery } from '../../gitops/delivery.ts'
import { applyObjects } from './apply.ts'
import { thereAmong } from './there-among.ts'
import type { Renderer } from '../../manifests/source/render.ts'
import type { PlanContext } from '../../manifests/source/plan-context.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { deliveredAs } from '../../gitops/flux-objects/delivered-as.ts'
import { awaitAnswers } from './answers.ts'
import { awaitHealth } from './await-health.ts'
import { awaitNames } from './await-names.ts'
import { probeDelivered } from './probe-delivered.ts'
import { handToGitOps } from './hand-to-gitops.ts'
import { heedConfigs } from './config-follow.ts'
import { endpointsOf } from './endpoints.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import { keepBeside } from './keep-beside.ts'
import { foreseen } from './foreseen.ts'
import { rulesKnownNow, withRules } from './known-now.ts'
import { install, lineOf, type Installation } from './install.ts'
import { makeReady, type Ready } from './late-render.ts'
import { probeDeployed, workloadsOf } from './probe.ts'
import { imageNodes, shipments } from './pods.ts'
import { both, readUndo } from '../remove/undo.ts'
import { undoOf } from './undo-of.ts'
import { removeDeployed, type UndoDeps } from '../remove/remove.ts'
import { upgrade } from './upgrade.ts'
import { podsNow, replaceSynced } from './replace-pods.ts'
import { waitUntilReady } from '../../cluster/ready/wait-until-ready.ts'

export type WorkDeps = UndoDeps & {
  readonly cluster: Cluster
  readonly renderer: Renderer
  readonly whole: PlanContext
  readonly digests: SecretDigests
  /** Hooks of this run that several steps have in common. */
  readonly hooks: SharedRuns
}

/** Nothing is deployed from them: changed ones are run, and all else stays. */
const smokeTests = 'smoke tests'

/** One deployable as the work of a step. */
export const deployWork = (deployable: Deployable, known: Rendered, head: StepHead, deps: WorkDeps): RecordedWork => {
  const { id, of, namespace, apiServices } = deployable
  const delivery = deployable.delivery && withChanges(deployable.delivery, known)
  const { cluster, renderer, whole } = deps
  let making: Promise<Ready> | undefined
  let rendered = known
  let deployed: Ready | undefined
  /** Once for `prepare` and `up`; a failure is not kept. */
  const ready = (ctx: Context): Promise<Ready> => {
    making ??= makeReady(deployable, known, whole, renderer, ctx.signal).then(
      (made) => {
        rendered = made.rendered
        return made
      },
      (error: unknown) => {
        making = undefined
        throw error
      },
    )
    return making
  }
  const objects = (): readonly KubeObject[] | undefined =>
    rendered.objects && objectsOf({ ...rendered, objects: rendered.objects })
  const endpoints = (served: readonly KubeObject[], ports: readonly Port[]): readonly Endpoint[] =>
    endpointsOf(shortOf(of), served, ports, {
      used: whole.usedNames,
      secure: cluster.config.tls !== undefined,
      around: { listeners: whole.listeners, home: namespace },
    })
  const release = releaseOf(deployable)
  const taken = async (ctx: Context, all: readonly KubeObject[], previous: InventoryEntry | undefined) => {
    const { name } = cluster.config
    if (cluster.config.cluster.context === undefined) return undefined
    const { takenByOthers } = await import('./taken.ts')
    const before = previous && readUndo(previous.undo)
    const placeOf = placesOf(rendered)
    return takenByOthers(await cluster.kube(ctx), { name, namespace, objects: all, release, before, placeOf })
  }
  const hooks = deployable.hooks && makeHooks(id, deployable.hooks, { cluster, shared: deps.hooks })

  return {
    ...head,
    kind: release ? 'helm' : 'objects',
    prepare: async (ctx, isDue) => {
      const send = async (): Promise<void> => {
        const made = await ready(ctx)
        for (const { images, containers } of shipments(
          imageNodes(objectsOf(made.rendered), cluster.nodes, made.rendered.images),
        ))
          cluster.loadEarly(images, containers, ctx)
      }
      // A hook runs for what is deployed; what may turn out to be ready has them in `up`.
      await Promise.all([send(), isDue && hooks?.early(ctx)])
    },
    fingerprint: async (ctx) => {
      const secrets = await deps.digests.inUse(rendered.secrets ?? [], ctx)
      const tests = deployable.testedBy === undefined ? {} : { [smokeTests]: deployable.testedBy }
      return { ...rendered.fingerprint, ...tests, ...(secrets === undefined ? {} : { secrets }) }
    },
    ...(of.kind === 'service' && {
      aside: { inputs: [smokeTests], up: async (ctx: Context) => deployable.verify?.(cluster, ctx) },
    }),
    mayBegin: async (ctx, previous) => {
      const refusal = await taken(ctx, objectsOf((await ready(ctx)).rendered), previous)
      if (refusal) throw refusal
    },
    undo: async (ctx, previous) => {
      await ready(ctx)
      const now = undoOf(deployable, rendered)
      return previous ? both(readUndo(previous.undo), now) : now
    },
    up: async (ctx, previous) => {
      const asRendered = await ready(ctx)
      const rules = await rulesKnownNow(asRendered.rendered, rulesFor(deployable, whole), deps, ctx)
      const made = withRules(asRendered, rules)
      const before = previous && readUndo(previous.undo)
      if (deployable.hooks?.before.some((hook) => hook.cluster)) await awaitNames(cluster, ctx)
      await hooks?.before(ctx)
      await heedConfigs(await cluster.kube(ctx), deployable, objectsOf(made.rendered), whole.configs, ctx)
      const all = objectsOf(made.rendered)
      // The same image as before rolls nothing out, and these would keep what a watch put into them.
      const synced = previous?.synced === undefined ? undefined : await podsNow(await cluster.kube(ctx), all, namespace)
      const now = undoOf(deployable, made.rendered)
      const placeOf = placesOf(made.rendered)
      const bring: Installation['bring'] = delivery
        ? async (kube, wait) => {
            const own = delivery.remote ? made.rendered.exposed : []
            await keepBeside(kube, own, namespace, now.applications)
            await handToGitOps(
              { ...deployable, delivery: withChanges(delivery, made.rendered), objects: handed(made), placeOf, wait },
              cluster,
              kube,
              ctx,
            )
            await applyObjects(kube, own, namespace, ctx)
          }
        : (kube, wait) => upgrade({ deployable, made, rules, placeOf, wait }, deps, kube, ctx)
      const handed = ({ rendered: { objects: documents, exposed } }: Ready): readonly KubeObject[] => [
        ...documents.map(({ object }) => object),
        ...(delivery?.remote ? [] : exposed),
      ]
      const after = async (): Promise<void> => {
        if (synced) {
          const kube = await cluster.kube(ctx)
          const refs = whole.images.map(({ ref }) => ref)
          ctx.report('replacing pods that hold synced files')
          if (await replaceSynced(kube, all, namespace, refs, synced))
            await waitUntilReady(kube, { objects: all, apiServices, namespace }, ctx, { nodesReady: () => true })
        }
        if (delivery) await awaitHealth(delivery, all, cluster, ctx)
        const ports = await cluster.ports(ctx)
        const { served } = await servedIngresses(
          await cluster.kube(ctx),
          objectsOf(made.rendered),
          whole.classes,
          whole.usedNames,
        )
        await Promise.all([awaitAnswers(endpoints(served, ports), ports, ctx), awaitNames(cluster, ctx)])
        await hooks?.after(ctx)
        await deployable.verify?.(cluster, ctx)
      }
      await install(
        {
          deployable,
          objects: objectsOf(made.rendered),
          images: made.rendered.images,
          placeOf,
          ...(made.rendered.written && { written: made.rendered.written }),
          before,
          now,
          after,
          ...((release || delivery) && { bring }),
        },
        deps,
        ctx,
      )
      deployed = made
    },
    // An add-on comes back from its chart.
    ...(of.kind === 'service' && {
      keep: async (ctx: Context, fingerprint: Fingerprint) => {
        const { rendered: kept } = deployed ?? (await ready(ctx))
        const undo = undoOf(deployable, kept)
        const kube = await cluster.kube(ctx)
        const asNow = delivery ? { ...deployable, delivery: await deliveredAs(kube, delivery) } : deployable
        await keepDeployed({ deployable: asNow, rendered: kept, undo, fingerprint, images: whole.images }, kube)
      },
    }),
    down: async (ctx, previous) =>
      removeDeployed(id, previous ? readUndo(previous.undo) : undoOf(deployable, rendered), deps, ctx),
    foresee: async (ctx) => {
      const { written } = rendered
      const entry = (await (await cluster.record(ctx)).entries()).get(id)
      const refusal = await taken(ctx, objects() ?? [], entry)
      if (refusal) return { what: [], refusal }
      return foreseen(await cluster.kube(ctx), {
        objects: objects() ?? [],
        namespace,
        byHelm: release !== undefined,
        said: rendered.problems,
        isAwaited: (object) => whole.providers.has(groupKind(object)),
        placeOf: lineOf({ placeOf: placesOf(rendered), ...(written && { written }) }),
      })
    },
    probe: async (ctx) => {
      const [kube, starts] = await Promise.all([cluster.kube(ctx), cluster.nodeStarts(ctx)])
      const all = objects()
      const there = delivery?.remote && all ? await thereAmong(kube, all, namespace) : all
      const probed = { id, namespace, objects: there, release, apiServices }
      return delivery
        ? probeDelivered(kube, probed, delivery, { brought: rendered.brought, starts })
        : probeDeployed(kube, probed, starts)
    },
    facts: async (ctx): Promise<Facts> => {
      const kube = await cluster.kube(ctx)
      const [live, ports, own] = await Promise.all([
        objects() ?? workloadsOf(kube, deployable),
        cluster.ports(ctx),
        deployable.facts?.(cluster, ctx),
      ])
      const all = [...live, ...(rendered.brought ?? [])]
      const { served, late } = await servedIngresses(kube, all, whole.classes, whole.usedNames)
      return {
        ...own,
        hosts: [...new Set([...rendered.hosts, ...late, ...(own?.hosts ?? [])])],
        endpoints: [...endpoints(served, ports), ...(own?.endpoints ?? [])],
      }
    },
  }
}

/** What a controller reads in a git remote, with what it is to do to it. */
const withChanges = (delivery: Delivery, { changes }: Rendered): Delivery =>
  delivery.remote && changes ? { ...delivery, remote: { ...delivery.remote, changes } } : delivery

/** `web@dev` */
const shortOf = ({ name = '', environment }: Identity): string =>
  environment === undefined ? name : `${name}@${environment}`
