import type { Cluster } from '../cluster/cluster.ts'
import type { ResolvedImage } from '../cluster/images/images.ts'
import { recorded } from '../cluster/record/recorded-step.ts'
import type { RecordEntry } from '../cluster/record/record.ts'
import type { Undoer } from '../cluster/record/removals.ts'
import type { Config } from '../core/config/config.ts'
import type { Context, Step } from '../core/step.ts'
import type { Deployable } from './deployable.ts'
import { crdsWork } from './deploy/crds-work.ts'
import { lastToLeave } from './deploy/last-to-leave.ts'
import { wholeOfSources, type Sources } from './deploy/late-render.ts'
import { removeNamespace } from './deploy/namespaces.ts'
import { ownOf } from './deploy/own.ts'
import { readUndo } from './deploy/undo.ts'
import { takeObjectsAway } from './deploy/take-away.ts'
import { deployWork, type WorkDeps } from './deploy/work.ts'
import { makeHelm } from './helm/helm.ts'
import type { Secrets } from './secrets/read-secrets.ts'
import { marksOf, secretSteps } from './secrets/steps.ts'
import { readSecretUndo, removeCopy } from './secrets/undo.ts'
import { crdsId } from './source/crds.ts'
import { rendererOf } from './sources.ts'
import { cacheFolder } from '../core/paths.ts'

export type DeployDeps = {
  readonly config: Config
  readonly cluster: Cluster
  readonly images: readonly ResolvedImage[]
  readonly secrets?: Secrets
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Namespaces that this walk keeps its hands off, where it is narrowed to environments. */
  readonly leaves?: ReadonlySet<string>
}

/** A step for each deployable and each secret, and `crds` where the file names definitions. Making them starts nothing. */
export const deploySteps = (deployables: readonly Deployable[], sources: Sources, deps: DeployDeps): Step[] => {
  const { config, cluster, images, env, secrets, leaves } = deps
  const renderer = rendererOf({ config, run: cluster.run, tools: cluster.tools, ...(env ? { env } : {}) })
  const around = { cluster, secrets, deployables, sources, ...(leaves ? { leaves } : {}) }
  const marks = marksOf(around)
  const wanted = wantedBy(deployables, config)
  const work: WorkDeps = {
    cluster,
    renderer,
    helm: renderer.helm,
    whole: wholeOfSources({ config, images, ...(secrets ? { secrets } : {}) }, deployables, sources),
    marks,
    wanted,
    hooks: new Map(),
  }
  const crds = sources.get(crdsId)
  return [
    ...(crds ? [recorded(crdsWork(crds, work), cluster)] : []),
    ...secretSteps(around, marks, wanted),
    ...deployables.map((deployable) => {
      const known = sources.get(deployable.id)
      if (!known) throw new Error(`${deployable.id} is not among the sources`)
      return recorded(deployWork(deployable, known, work), cluster)
    }),
  ]
}

/**
 * What takes recorded steps away that the file no longer has, by the kind of their entry. `deployables` are those that
 * stay, `gone` the entries that go: the last of them in a namespace takes that away too.
 */
export const undoers = (
  { cluster, env }: { readonly cluster: Cluster; readonly env?: DeployDeps['env'] },
  deployables: readonly Deployable[],
  gone: readonly RecordEntry[],
): Readonly<Record<string, Undoer>> => {
  const helm = makeHelm({ run: cluster.run, tools: cluster.tools, cacheFolder: cacheFolder(env), ...(env && { env }) })
  const wanted = wantedBy(deployables, cluster.config)
  const leavesLast = lastToLeave(gone)
  const leave = async ({ id }: RecordEntry, ctx: Context): Promise<void> => {
    const last = leavesLast(id).filter((namespace) => !wanted(id).has(namespace))
    if (last.length === 0) return
    const kube = await cluster.kube(ctx)
    const goes = new Set(gone.map((entry) => entry.id))
    const entries = [...(await (await cluster.record(ctx)).entries()).values()]
    const staying = ownOf(entries.filter((entry) => !goes.has(entry.id)))
    for (const namespace of last) await removeNamespace(kube, namespace, staying, ctx)
  }
  const undo: Undoer = async (entry, ctx) => {
    await takeObjectsAway(entry.id, readUndo(entry.undo), { cluster, helm }, ctx)
    await leave(entry, ctx)
  }
  const secret: Undoer = async (entry, ctx) => {
    const kube = await cluster.kube(ctx)
    for (const namespace of readSecretUndo(entry.undo).namespaces) await removeCopy(kube, namespace, entry.id, ctx)
    await leave(entry, ctx)
  }
  return { helm: undo, objects: undo, secret }
}

/** Namespaces that other steps of the file use. */
const wantedBy =
  (deployables: readonly Deployable[], { secrets }: Pick<Config, 'secrets'>) =>
  (id: string): ReadonlySet<string> =>
    new Set([
      ...deployables.filter((other) => other.id !== id).map(({ namespace }) => namespace),
      ...secrets.filter(({ key }) => `secret/${key}` !== id).flatMap(({ namespaces }) => namespaces),
    ])
