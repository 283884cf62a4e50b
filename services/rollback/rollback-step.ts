import { isScalar, parseDocument } from 'yaml'
import type { Cluster } from '../../cluster/cluster.ts'
import { lostImages } from '../../cluster/images/lost-images.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import { writeRenders } from '../../cluster/inventory/renders.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context, Step } from '../../core/step.ts'
import { filesOfThen } from '../../gitops/flux-objects/files-of-then.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { identity } from '../../manifests/kinds/kind.ts'
import { applyObjects } from '../deploy/apply.ts'
import { keepBeside } from '../deploy/keep-beside.ts'
import { handToGitOps } from '../deploy/hand-to-gitops.ts'
import { heldReplicas } from '../deploy/autoscaled.ts'
import { makeAllWay } from '../deploy/immutable.ts'
import { replaceJobs } from '../deploy/replace-jobs.ts'
import { install, type Installation } from '../deploy/install.ts'
import { imageNodes } from '../deploy/pods.ts'
import { both, readUndo } from '../remove/undo.ts'
import type { UndoDeps } from '../remove/remove.ts'
import { editKeptManifest } from '../helm/kept-manifest.ts'
import { revisionsOf } from '../helm/release.ts'
import { requireRevision, rollBackRelease } from '../helm/roll-back-release.ts'
import type { KeptRender } from '../deploy/kept-render.ts'
import type { HeldReplicas } from '../../manifests/transform/replicas.ts'
import { splitDocuments } from '../../manifests/yaml/split.ts'
import type { Found } from './find-render.ts'

export type RollbackDeps = UndoDeps & {
  /** Runs once it is ready: the smoke tests that it had then. Throws when one fails. */
  readonly test: (render: KeptRender, ctx: Context) => Promise<void>
}

/** Makes a recorded service what it was before, as one step. Nothing of the file is read: the cluster holds it all. */
export const rollbackStep = (entry: InventoryEntry, { to, other }: Found, deps: RollbackDeps): Step => {
  const { id, of } = entry
  const when = to.at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
  const up = async (ctx: Context): Promise<void> => {
    const { cluster } = deps
    const kube = await cluster.kube(ctx)
    const before = readUndo(entry.undo)
    await refuseWhatIsGone(to, cluster, kube, ctx.signal)
    const record = await cluster.record(ctx)
    const kind = to.release ? 'helm' : 'objects'
    const note = `it was rolled back to what it was at ${when}`
    await record.begin({ id, of, title: to.title, kind, needs: to.needs, undo: both(before, to.undo), note })
    await install(
      {
        ...installationOf(entry, to, deps, ctx),
        images: to.images.map(({ ref }) => ref),
        before,
        now: to.undo,
      },
      deps,
      ctx,
    )
    await record.finish(id, to.fingerprint, to.undo)
    await writeRenders(kube, id, { current: await asItIsNow(to, kube), ...(other ? { previous: other } : {}) })
  }
  return {
    id,
    of,
    title: `${to.title}, as it was at ${when}`,
    dies: 'with-cluster',
    status: () => Promise.resolve({ state: 'changed', what: `back to what it was at ${when}` }),
    up,
    down: () => Promise.reject(new Error('a rollback is not taken away')),
  }
}

const installationOf = (
  entry: InventoryEntry,
  to: KeptRender,
  deps: RollbackDeps,
  ctx: Context,
): Omit<Installation, 'before' | 'now'> => {
  const { cluster, helm } = deps
  const { release, delivery, namespace, objects, exposed, apiServices, title } = to
  const named = { id: entry.id, title, namespace, apiServices }
  const after = (): Promise<void> => deps.test(to, ctx)
  const plain = { ...named, source: { kind: 'manifests', paths: [] } } as const
  if (delivery)
    return {
      deployable: { ...plain, delivery },
      objects,
      after,
      bring: async (kube, wait) => {
        const own = delivery.remote ? exposed : []
        const handed = objects.filter((object) => !own.some((one) => isSame(one, object)))
        await keepBeside(kube, own, namespace, to.undo.applications)
        await handToGitOps({ id: entry.id, namespace, delivery, objects: handed, wait }, cluster, kube, ctx)
        await applyObjects(kube, own, namespace, ctx)
      },
    }
  if (!release) return { deployable: plain, objects, after }
  const chart = { chart: '' }
  return {
    deployable: { ...named, source: { kind: 'helm', chart, release: release.release, values: [] } },
    objects,
    after,
    bring: async (kube) => {
      await replaceJobs(kube, objects, namespace, ctx)
      await makeAllWay(kube, objects, namespace, ctx)
      const target = { kubeconfig: await cluster.kubeconfig(ctx), context: cluster.context }
      const held = await heldReplicas(kube, objects, namespace)
      if (held.length > 0)
        await editKeptManifest(kube, { release: release.release, namespace }, release.revision, (manifest) =>
          withHeldReplicas(manifest, held, namespace),
        )
      ctx.report(`helm rollback ${release.release} ${release.revision}`)
      await rollBackRelease({ ...release, namespace, objects }, target, helm, ctx)
      await applyObjects(kube, exposed, namespace, ctx)
    },
  }
}

const isSame = (a: KubeObject, b: KubeObject): boolean => identity(refOf(a)) === identity(refOf(b))

/** Before anything is changed: a revision that helm has forgotten, files that the registry no longer has, images that nobody holds any more. */
const refuseWhatIsGone = async (to: KeptRender, cluster: Cluster, kube: Kube, signal: AbortSignal): Promise<void> => {
  const { release, delivery, namespace, images, objects } = to
  if (delivery) await filesOfThen(delivery, signal)
  if (release) await requireRevision(kube, { release: release.release, namespace }, release.revision)
  const nodes = imageNodes(
    objects,
    cluster.nodes,
    images.map(({ ref }) => ref),
  )
  const lost = await lostImages(images, (ref) => nodes.get(ref) ?? [], cluster)
  if (lost.length === 0) return
  throw new EnvironmentError('image-lost', lost.join('\n'), {
    hints: [
      'Check the sources of then out, and run `kindup up`.',
      'With `tag: git` or `tag: hash` every build has a tag of its own, and the nodes keep it.',
    ],
  })
}

/** helm made a revision of its own of the old one. */
const asItIsNow = async (to: KeptRender, kube: Kube): Promise<KeptRender> => {
  const at = new Date().toISOString()
  if (!to.release) return { ...to, at }
  const { release } = to.release
  const revision = (await revisionsOf(kube, { release, namespace: to.namespace })).at(-1)?.revision
  return { ...to, at, release: { release, revision: revision ?? to.release.revision } }
}

/** A manifest in which the workloads have the replicas that their autoscalers gave them; every other byte is kept. */
const withHeldReplicas = (manifest: string, held: readonly HeldReplicas[], namespace: string): string => {
  let edited = ''
  for (const { text } of splitDocuments(manifest)) edited += inDocument(text, held, namespace)
  return edited
}

const inDocument = (text: string, held: readonly HeldReplicas[], home: string): string => {
  if (!held.some(({ name }) => text.includes(name))) return text
  const document = parseDocument(text, { logLevel: 'silent', prettyErrors: false })
  const at = (...path: readonly string[]): unknown => document.getIn(path)
  const found = held.find(
    ({ kind, name, namespace }) =>
      at('kind') === kind && at('metadata', 'name') === name && (at('metadata', 'namespace') ?? home) === namespace,
  )
  const node = document.getIn(['spec', 'replicas'], true)
  if (!found || !isScalar(node) || !node.range) return text
  const [start, end] = node.range
  return `${text.slice(0, start)}${found.replicas}${text.slice(end)}`
}
