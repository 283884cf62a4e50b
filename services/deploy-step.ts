import { identified, idOf } from '../core/identity.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import { recorded } from '../cluster/inventory/recorded-step.ts'
import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import type { Undoer } from '../cluster/inventory/removals.ts'
import type { Config } from '../config/config.ts'
import { upstreamFiles } from '../config/adopt/upstream.ts'
import { hashOf } from '../core/fingerprint.ts'
import { lazyStep, type StepHead } from '../core/lazy-step.ts'
import type { Context, Step } from '../core/step.ts'
import type { Deployable } from '../manifests/deployable.ts'
import type { WorkDeps } from './deploy/work.ts'
import { makeHelm } from '../manifests/helm/helm.ts'
import { gitopsSteps } from './gitops-step.ts'
import type { Secrets } from './secrets/read-secrets.ts'
import { digestsOf, secretSteps } from './secrets/steps.ts'
import { tlsSteps } from './tls/steps.ts'
import { crdsId } from '../manifests/source/crds.ts'
import { planContextOfSources } from '../manifests/source/plan-context.ts'
import type { Rendered } from '../manifests/source/rendered.ts'
import { rendererOf } from '../manifests/sources.ts'
import { cacheFolder } from '../core/paths.ts'

export type DeployDeps = {
  readonly config: Config
  readonly cluster: Cluster
  readonly images: readonly ResolvedImage[]
  readonly secrets?: Secrets
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Namespaces that this walk keeps its hands off, where it is narrowed to environments. */
  readonly leaves?: ReadonlySet<string>
  /** Host names that are served, known so far. */
  readonly hosts?: () => readonly string[]
}

/** A step for each deployable and each secret, `crds` where the file names definitions, and `tls` where it asks for it. Making them starts nothing. */
export const deploySteps = (
  deployables: readonly Deployable[],
  sources: ReadonlyMap<string, Rendered>,
  deps: DeployDeps,
): Step[] => {
  const { config, cluster, images, env, secrets, leaves } = deps
  const renderer = rendererOf({ config, run: cluster.run, tools: cluster.tools, ...(env ? { env } : {}) })
  const dependencies = { cluster, secrets, deployables, sources, ...(leaves ? { leaves } : {}) }
  const digests = digestsOf(dependencies)
  const wanted = wantedBy(deployables, config)
  const work: WorkDeps = {
    cluster,
    renderer,
    helm: renderer.helm,
    whole: planContextOfSources({ config, images, ...(secrets ? { secrets } : {}) }, deployables, sources),
    digests,
    wanted,
    staying: deployables,
    hooks: new Map(),
  }
  const crds = sources.get(crdsId)
  const pushes = deployables.some(({ delivery }) => delivery?.remote) ? upstreamFiles(config.folder) : []
  return [
    ...(crds ? [crdsStep(crds, work)] : []),
    ...tlsSteps(deployables, work, {
      env,
      leaves,
      hosts: deps.hosts ?? (() => []),
      listeners: work.whole.listeners,
    }),
    ...secretSteps(dependencies, digests, wanted),
    ...gitopsSteps(deployables, work),
    ...deployables.map((deployable) => {
      const known = sources.get(deployable.id)
      if (!known) throw new Error(`${deployable.id} is not among the sources`)
      return deployStep(deployable, known, work, deployable.delivery?.remote ? pushes : [])
    }),
  ]
}

/** `pushes`: files that change when the git remote of what is left to it does. */
const deployStep = (deployable: Deployable, known: Rendered, work: WorkDeps, pushes: readonly string[]): Step => {
  const { id, of, title, needs } = deployable
  const head: StepHead = {
    id,
    of,
    title,
    dies: 'with-cluster',
    needs: [...new Set(['cluster/api', ...known.needs, ...needs])],
    inputs: {
      hash: hashOf([known.fingerprint, known.needs, work.digests.here(known.secrets ?? []), deployable.testedBy ?? '']),
      files: [...known.madeFrom, ...pushes.map((path) => ({ path }))],
    },
  }
  return lazyStep({ ...head, prepares: true, tells: true }, async () => {
    const { deployWork } = await import('./deploy/work.ts')
    return recorded(deployWork(deployable, known, head, work), work.cluster)
  })
}

const crdsStep = (known: Rendered, work: WorkDeps): Step => {
  const { objects = [], fingerprint, madeFrom } = known
  const head: StepHead = {
    ...identified({ kind: crdsId }),
    title: `${objects.length} custom resource definition${objects.length === 1 ? '' : 's'}`,
    dies: 'with-cluster',
    needs: ['cluster/api'],
    inputs: { hash: hashOf(fingerprint), files: madeFrom },
  }
  return lazyStep(head, async () => {
    const { crdsWork } = await import('./deploy/crds-work.ts')
    return recorded(crdsWork(known, head, work), work.cluster)
  })
}

/**
 * What takes recorded steps away that the file no longer has, by the kind of their entry. `deployables` and `secrets` are those
 * that stay, `gone` the entries that go: the last of them in a namespace takes that away too.
 */
export const undoers = (
  { cluster, env }: { readonly cluster: Cluster; readonly env?: DeployDeps['env'] },
  { deployables, secrets }: { readonly deployables: readonly Deployable[]; readonly secrets: Config['secrets'] },
  gone: readonly InventoryEntry[],
): Readonly<Record<string, Undoer>> => {
  const helm = makeHelm({ run: cluster.run, tools: cluster.tools, cacheFolder: cacheFolder(env), ...(env && { env }) })
  const wanted = wantedBy(deployables, { secrets })
  // One for all of them: it counts who has gone.
  let leavesLast: Promise<(id: string) => readonly string[]> | undefined
  const leave = async ({ id }: InventoryEntry, ctx: Context): Promise<void> => {
    leavesLast ??= import('./remove/last-to-leave.ts').then(({ lastToLeave }) => lastToLeave(gone))
    const [isLast, { removeNamespace }, { ownOf }] = await Promise.all([
      leavesLast,
      import('./remove/namespaces.ts'),
      import('./remove/own.ts'),
    ])
    const last = isLast(id).filter((namespace) => !wanted(id).has(namespace))
    if (last.length === 0) return
    const kube = await cluster.kube(ctx)
    const goes = new Set(gone.map((entry) => entry.id))
    const entries = [...(await (await cluster.record(ctx)).entries()).values()]
    const staying = ownOf(entries.filter((entry) => !goes.has(entry.id)))
    for (const namespace of last) await removeNamespace(kube, namespace, staying, ctx)
  }
  const takeAway: Undoer = async (entry, ctx) => {
    const [{ takeObjectsAway }, { readUndo }, { letGoOf }, { keepMade }] = await Promise.all([
      import('./remove/remove.ts'),
      import('./remove/undo.ts'),
      import('./remove/let-go.ts'),
      import('./remove/keep-made.ts'),
    ])
    await letGoOf(entry, deployables, cluster, ctx)
    const undo = await keepMade({ cluster, helm }, readUndo(entry.undo), deployables, ctx)
    await takeObjectsAway(entry.id, undo, { cluster, helm }, ctx)
    await leave(entry, ctx)
  }
  const secret: Undoer = async (entry, ctx) => {
    const { readSecretUndo, removeCopy } = await import('./secrets/undo.ts')
    const kube = await cluster.kube(ctx)
    for (const namespace of readSecretUndo(entry.undo).namespaces)
      await removeCopy(kube, namespace, entry.of.name ?? '', ctx)
    await leave(entry, ctx)
  }
  return { helm: takeAway, objects: takeAway, secret }
}

/** Namespaces that other steps of the file use. */
const wantedBy =
  (deployables: readonly Deployable[], { secrets }: Pick<Config, 'secrets'>) =>
  (id: string): ReadonlySet<string> =>
    new Set([
      ...deployables
        .filter((other) => other.id !== id)
        .flatMap(({ namespace, makes = [], creates = [] }) => [
          namespace,
          ...makes.map((one) => one.namespace),
          ...creates,
        ]),
      ...secrets
        .filter(({ key }) => idOf({ kind: 'secret', name: key }) !== id)
        .flatMap(({ namespaces }) => namespaces),
    ])
