import type { Ref } from '../../cluster/kube/kube.ts'
import type { ReleaseName } from '../helm/release.ts'
import { identity } from '../../manifests/kinds/kind.ts'

/** What takes a deployable away: in the record as plain JSON. */
export type Undo = {
  /** What has a GitOps controller deploy it. */
  readonly applications: readonly Ref[]
  readonly releases: readonly ReleaseName[]
  /** Objects that kindup applied itself, or a GitOps controller for it. */
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
  applications: [],
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
  applications: once([...now.applications, ...before.applications], identity),
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
  // An Application of the user's is handed over, or applied as it is: the same one either way, and deleting it deletes what it deployed.
  const kept = [...now.applications, ...now.objects]
  return {
    applications: minus(before.applications, kept, identity),
    releases,
    objects: minus(before.objects, kept, identity).filter((ref) => !holdsData(ref)),
    hooks: minus(before.hooks, now.hooks, identity),
    // The kinds of a release that stays are still in use.
    customKinds: releases.length > 0 ? minus(before.customKinds, now.customKinds, String) : [],
    namespaces: minus(before.namespaces, now.namespaces, String),
    // Data outlives a change of names: only who takes everything away means it too.
    claims: [],
    hosts: minus(before.hosts, now.hosts, String),
  }
}

/** Claims that the file no longer names: they stay, with what is in their volumes. */
export const claimsLeft = (before: Undo, now: Undo): readonly Ref[] =>
  minus(before.objects, now.objects, identity).filter(holdsData)

const holdsData = ({ kind }: Ref): boolean => kind === 'PersistentVolumeClaim' || kind === 'PersistentVolume'

/** The undo of a record's entry, whatever is in it. */
export const readUndo = (undo: unknown): Undo => ({ ...nothing, ...(typeof undo === 'object' ? undo : {}) })

const once = <T>(items: readonly T[], key: (item: T) => string): readonly T[] => {
  const keys = items.map(key)
  return items.filter((_item, index) => keys.indexOf(keys[index] ?? '') === index)
}

const minus = <T>(items: readonly T[], others: readonly T[], key: (item: T) => string): readonly T[] => {
  const gone = new Set(others.map(key))
  return items.filter((item) => !gone.has(key(item)))
}

/** The PersistentVolumeClaims that a StatefulSet makes of one of its templates: `<template>-<set>-<number>`. */
export type Claims = { readonly namespace: string; readonly set: string; readonly template: string }

const claimsKey = ({ namespace, set, template }: Claims): string => `${namespace}/${template}-${set}`
