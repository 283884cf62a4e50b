import type { Kube, Ref } from '../cluster/kube/kube.ts'
import { showRef } from '../cluster/kube/ref.ts'
import type { NodeStarts } from '../cluster/ready/node-starts.ts'
import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import type { Status } from '../core/step.ts'
import { probeDeployed } from './deploy/probe.ts'
import { readUndo } from './remove/undo.ts'
import { readSecretUndo, secretRef } from './secrets/undo.ts'

/** How a recorded step stands, by what the cluster remembers of it and holds: nobody read the file. */
export const probeRecorded = async (kube: Kube, entry: InventoryEntry, starts: NodeStarts): Promise<Status> => {
  const { id, of, kind, fingerprint, note, undo } = entry
  if (!fingerprint) return { state: 'broken', why: 'its last run was interrupted, or failed' }
  if (kind === 'secret') {
    const { namespaces } = readSecretUndo(undo)
    const name = of.name ?? ''
    const gone = await firstGone(
      kube,
      namespaces.map((namespace) => secretRef(namespace, name)),
    )
    return gone ?? { state: 'ready' }
  }
  const { releases, objects } = readUndo(undo)
  const gone = await firstGone(kube, objects)
  if (gone) return gone
  const namespaces = new Set(objects.flatMap(({ namespace }) => namespace ?? []))
  const workloads = [...namespaces].map((namespace) => ({ namespace, release: undefined }))
  const probed = await Promise.all(
    [...workloads, ...releases.map((release) => ({ namespace: release.namespace, release }))].map((where) =>
      probeDeployed(kube, { id, objects: undefined, apiServices: [], ...where }, starts),
    ),
  )
  // Objects that are no workloads are there, and more is not asked of them.
  const bad = probed.find(({ state }) => state !== 'ready' && state !== 'absent')
  if (bad) return bad
  if (releases.length > 0 && probed.some(({ state }) => state === 'absent')) return { state: 'absent' }
  return note === undefined ? { state: 'ready' } : { state: 'changed', what: note }
}

const firstGone = async (kube: Kube, refs: readonly Ref[]): Promise<Status | undefined> => {
  const there = await Promise.all(refs.map((ref) => kube.get(ref)))
  const gone = refs.filter((_ref, index) => there[index] === undefined)
  const [first] = gone
  if (!first) return undefined
  if (gone.length === refs.length) return { state: 'absent' }
  const more = gone.length > 1 ? ` and ${gone.length - 1} more are` : ' is'
  return { state: 'broken', why: `${showRef(first)}${more} gone` }
}
