import type { Cluster } from '../../cluster/cluster.ts'
import type { Kube, Ref } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import type { Helm } from '../helm/helm.ts'
import type { ReleaseName } from '../helm/release.ts'
import { revisionsOf } from '../helm/release.ts'
import { uninstallRelease } from '../helm/upgrade.ts'
import { identity } from '../kinds/kind.ts'
import { labels, stepLabel } from '../transform/step-label.ts'
import { claimsKey, removeClaims, type Claims } from './claims.ts'
import { removeCustomResources, removeKeptDefinitions } from './custom-resources.ts'
import { deleteForGood } from './gone.ts'
import { removeNamespace } from './namespaces.ts'
import { inRemovalOrder } from './order.ts'
import { stillThere } from './still-there.ts'

/** What takes a deployable away: in the record as plain JSON. */
export type Undo = {
  readonly releases: readonly ReleaseName[]
  /** Objects that kindup applied itself. */
  readonly objects: readonly Ref[]
  /** Hooks of the releases: helm leaves them behind. */
  readonly hooks: readonly Ref[]
  /** `group/Kind`s whose objects go first, in this order. */
  readonly customKinds: readonly string[]
  readonly namespaces: readonly string[]
  /** Volume claims that its StatefulSets ask for: nobody but their maker takes them away. */
  readonly claims: readonly Claims[]
  /** Host names that lead to it. */
  readonly hosts: readonly string[]
}

export const nothing: Undo = {
  releases: [],
  objects: [],
  hooks: [],
  customKinds: [],
  namespaces: [],
  claims: [],
  hosts: [],
}

/** What undoes both: while a step changes from one to the other, it may be interrupted. */
export const both = (before: Undo, now: Undo): Undo => ({
  releases: once([...now.releases, ...before.releases], ({ namespace, release }) => `${namespace}/${release}`),
  objects: once([...now.objects, ...before.objects], identity),
  hooks: once([...now.hooks, ...before.hooks], identity),
  customKinds: once([...now.customKinds, ...before.customKinds], String),
  namespaces: once([...now.namespaces, ...before.namespaces], String),
  claims: once([...now.claims, ...before.claims], claimsKey),
  hosts: once([...now.hosts, ...before.hosts], String),
})

/** What `before` names and `now` no longer does. */
export const without = (before: Undo, now: Undo): Undo => {
  const releases = minus(before.releases, now.releases, ({ namespace, release }) => `${namespace}/${release}`)
  return {
    releases,
    objects: minus(before.objects, now.objects, identity),
    hooks: minus(before.hooks, now.hooks, identity),
    // The kinds of a release that stays are still in use.
    customKinds: releases.length > 0 ? minus(before.customKinds, now.customKinds, String) : [],
    namespaces: minus(before.namespaces, now.namespaces, String),
    // Data outlives a change of names: only who takes everything away means it too.
    claims: [],
    hosts: minus(before.hosts, now.hosts, String),
  }
}

/** The undo of a record's entry, whatever is in it. */
export const readUndo = (undo: unknown): Undo => ({ ...nothing, ...(typeof undo === 'object' ? undo : {}) })

export type UndoDeps = {
  readonly cluster: Cluster
  readonly helm: Helm
  /** Namespaces that other steps of the file use. */
  readonly wanted: (id: string) => ReadonlySet<string>
}

/** Takes away what `undo` names, from any state; what is not there is no error. Only releases and objects of the step's own are touched. */
export const takeAway = async (
  id: string,
  undo: Undo,
  { cluster, helm, wanted }: UndoDeps,
  ctx: Context,
): Promise<void> => {
  const kube = await cluster.kube(ctx)
  await removeCustomResources(kube, undo.customKinds, ctx)
  for (const name of undo.releases) {
    if ((await revisionsOf(kube, name)).length > 0) {
      ctx.report(`uninstalling ${name.release}`)
      const target = { kubeconfig: await cluster.kubeconfig(ctx), context: cluster.context }
      await uninstallRelease(name, target, helm, ctx)
    }
    await removeKeptDefinitions(kube, name, ctx)
  }
  await removeHooks(kube, undo.hooks, ctx)
  await removeObjects(kube, id, undo.objects, ctx)
  await removeClaims(kube, undo.claims, ctx)
  for (const namespace of undo.namespaces) if (!wanted(id).has(namespace)) await removeNamespace(kube, namespace, ctx)
}

/** helm's hooks carry no name of their release: what is no hook at all is somebody else's of the same name. */
const removeHooks = async (kube: Kube, refs: readonly Ref[], ctx: Context): Promise<void> => {
  const found = await Promise.all(refs.map((ref) => stillThere(kube, ref, ctx)))
  const hooks = refs.filter((_ref, index) => found[index]?.metadata.annotations?.['helm.sh/hook'] !== undefined)
  await deleteForGood(kube, hooks, ctx)
}

/** Deletes the objects that still carry this step's label: one that another step took over stays. */
export const removeObjects = async (kube: Kube, id: string, refs: readonly Ref[], ctx: Context): Promise<void> => {
  for (const group of inRemovalOrder(refs)) {
    const found = await Promise.all(group.map((ref) => stillThere(kube, ref, ctx)))
    const ours = group.filter((_ref, index) => found[index]?.metadata.labels?.[labels.step] === stepLabel(id))
    if (ours.length > 0) ctx.report(`deleting ${ours.length} ${ours.length === 1 ? ours[0]?.kind : 'objects'}`)
    await deleteForGood(kube, ours, ctx)
  }
}

const once = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => {
  const keys = items.map(key)
  return items.filter((_item, index) => keys.indexOf(keys[index] ?? '') === index)
}

const minus = <T>(items: readonly T[], others: readonly T[], key: (item: T) => string): readonly T[] => {
  const gone = new Set(others.map(key))
  return items.filter((item) => !gone.has(key(item)))
}
