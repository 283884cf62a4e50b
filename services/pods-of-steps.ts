import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import type { Kube, KubeObject } from '../cluster/kube/kube.ts'
import { KindupError } from '../core/errors.ts'
import { labels, stepLabel } from '../manifests/transform/step-label.ts'
import { readUndo } from './remove/undo.ts'

/** Tells which step brought an object, by the object itself or by what made it; undefined for what none of them did. */
export type MakerOf = (object: KubeObject) => Promise<InventoryEntry | undefined>

/** A Pod of a Job of a CronJob of a custom resource of another one. */
const deepest = 6

/**
 * Finds whose an object is: by the label of the step, by what the step remembers that it applied, by the release of helm, else
 * by its owners, whatever kinds those are. What is known of an owner is kept.
 */
export const makeMakerOf = (kube: Kube, entries: readonly InventoryEntry[]): MakerOf => {
  const byLabel = new Map(entries.map((entry) => [stepLabel(entry.id), entry]))
  const byRef = new Map<string, InventoryEntry>()
  const byRelease = new Map<string, InventoryEntry>()
  for (const entry of entries) {
    const { objects, hooks, releases } = readUndo(entry.undo)
    for (const { kind, name, namespace } of [...objects, ...hooks]) byRef.set(keyOf(kind, namespace, name), entry)
    for (const { namespace, release } of releases) byRelease.set(`${namespace}/${release}`, entry)
  }
  const direct = ({ kind, metadata }: KubeObject): InventoryEntry | undefined => {
    const { annotations = {}, namespace, name, labels: own = {} } = metadata
    const release = `${annotations['meta.helm.sh/release-namespace'] ?? ''}/${annotations['meta.helm.sh/release-name'] ?? ''}`
    return byLabel.get(own[labels.step] ?? '') ?? byRef.get(keyOf(kind, namespace, name)) ?? byRelease.get(release)
  }
  const known = new Map<string, Promise<InventoryEntry | undefined>>()
  const makerOf = async (object: KubeObject, depth: number): Promise<InventoryEntry | undefined> => {
    const found = direct(object)
    if (found || depth === 0) return found
    const { ownerReferences = [], namespace } = object.metadata
    const owner = ownerReferences.find(({ controller }) => controller === true) ?? ownerReferences[0]
    if (!owner) return undefined
    const kept = known.get(owner.uid)
    if (kept) return kept
    const { apiVersion, kind, name } = owner
    const asked = kube
      .get({ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) })
      .then((live) => live && makerOf(live, depth - 1))
      .catch((error: unknown) => {
        // A kind that may not be read tells nothing.
        if (error instanceof KindupError) return undefined
        throw error
      })
    known.set(owner.uid, asked)
    return asked
  }
  return (object) => makerOf(object, deepest)
}

const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`

/** Where the pods of a step may be. */
export const namespacesOf = ({ undo }: InventoryEntry): readonly string[] => {
  const { namespaces, objects, releases } = readUndo(undo)
  return [
    ...new Set([
      ...namespaces,
      ...objects.flatMap(({ namespace }) => namespace ?? []),
      ...releases.map(({ namespace }) => namespace),
    ]),
  ]
}
