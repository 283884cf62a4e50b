import { randomBytes } from 'node:crypto'
import { EnvironmentError } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import type { Kube } from '../kube/kube.ts'
import { volumeFolders } from './folders.ts'
import { listSnapshots, sweep } from './list.ts'
import type { Snapshot } from './manifest.ts'
import { copyScript, forgetScript, freezeScript, nameScript } from './node-script.ts'
import type { Nodes } from './nodes.ts'
import { unreadyWorkloads } from './workloads.ts'

type SaveOptions = {
  readonly name: string
  readonly kube: Kube
  readonly nodes: Nodes
  /** Of kindup. */
  readonly version: string
  /** Of volumes on one node; with more it is not saved. */
  readonly maxBytes?: number
  /** Throws where it is too late: from here on nothing is broken off, for writers are held. */
  readonly mayBegin?: () => void
}

/**
 * Keeps what the cluster holds now: etcd as of one revision, and the volumes as they are at that moment, for which what writes to
 * them is held. The one of that name before stays until the new one is whole.
 */
export const saveSnapshot = async ({
  name,
  kube,
  nodes,
  version,
  maxBytes = 0,
  mayBegin,
}: SaveOptions): Promise<Snapshot> => {
  const [listed, folders, unready, about] = await Promise.all([
    listSnapshots(nodes),
    volumeFolders(kube),
    unreadyWorkloads(kube, new Set()),
    clusterAbout(kube),
  ])
  const { snapshots, others } = listed
  if (others.some((one) => one.name === name))
    throw new EnvironmentError(
      'snapshot-unfit',
      `The snapshot ${name} was saved by a later kindup, and is not replaced.`,
      {
        hints: [`kindup snapshot remove ${name}`, 'Or take another name.'],
      },
    )
  const wanted = snapshots.map(({ id }) => id)
  await sweep(nodes, listed, wanted)
  const id = `${name}-${randomBytes(6).toString('hex')}`
  mayBegin?.()
  const began = performance.now()
  if (folders.length > 0) await nodes.runAll(freezeScript, () => [String(Math.floor(maxBytes / 1024)), ...folders])
  const copied = await nodes.runAll(copyScript, (node) => [id, node === nodes.head ? 'head' : 'node', ...folders])
  const parts = [...copied].map(([node, text]) => {
    const [kilobytes = '0', digest = '', heldMs = '0', ...left] = text.trim().split('\n')
    return { node, bytes: Number(kilobytes) * 1024, digest, heldMs: Number(heldMs), left }
  })
  const snapshot: Snapshot = {
    format: 1,
    name,
    id,
    created: new Date().toISOString(),
    version,
    ...about,
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    frozenMs:
      folders.length > 0
        ? Math.round(Math.min(performance.now() - began, Math.max(...parts.map(({ heldMs }) => heldMs))))
        : 0,
    digests: Object.fromEntries(parts.map(({ node, digest }) => [node, digest])),
    unready: unready.map((one) => one.id),
    left: [...new Set(parts.flatMap(({ left }) => left))],
  }
  await nodes.run(nodes.head, nameScript, [name], JSON.stringify(snapshot))
  const replaced = snapshots.filter((one) => one.name === name).map((one) => one.id)
  if (replaced.length > 0) await sweep(nodes, listed, [id, ...wanted.filter((one) => !replaced.includes(one))])
  return snapshot
}

/** What says that it is the same cluster. */
export const clusterAbout = async (kube: Kube): Promise<Pick<Snapshot, 'cluster' | 'kubernetes'>> => {
  const [system, all] = await Promise.all([
    kube.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }),
    kube.list({ apiVersion: 'v1', kind: 'Node' }),
  ])
  const version = all[0] && textAt(all[0], 'status', 'nodeInfo', 'kubeletVersion')
  return { cluster: system?.metadata.uid ?? '', kubernetes: version ?? '' }
}

/** Removes it; nothing there is no error: false then. Throws `restore-interrupted` for the one that ends an interrupted restore. */
export const removeSnapshot = async (name: string, nodes: Nodes): Promise<boolean> => {
  const { snapshots, others, interrupted } = await listSnapshots(nodes)
  if (interrupted?.name === name)
    throw new EnvironmentError('restore-interrupted', `Restoring ${name} was interrupted, and nothing else ends it.`, {
      hints: [`kindup snapshot restore ${name}`],
    })
  await nodes.run(nodes.head, forgetScript, [name])
  const left = snapshots.filter((one) => one.name !== name).map(({ id }) => id)
  const otherOnes = others.filter((one) => one.name !== name)
  await sweep(nodes, { others: otherOnes }, left)
  return left.length < snapshots.length || otherOnes.length < others.length
}
