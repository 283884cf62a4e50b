import { randomUUID } from 'node:crypto'
import { EnvironmentError } from '../../core/errors.ts'
import { poll, waitFor, type WaitOptions } from '../../core/wait.ts'
import type { Kube } from '../kube/kube.ts'
import { differenceTo, type Difference, type Keys } from './difference.ts'
import { keysFrom, transactions } from './etcd.ts'
import { interruption, interruptionMark } from './interruption.ts'
import { inFreshCluster } from './in-fresh-cluster.ts'
import { volumeFolders } from './folders.ts'
import { listSnapshots } from './list.ts'
import type { Snapshot } from './manifest.ts'
import {
  acceptScript,
  endScript,
  goOnScript,
  placeScript,
  quietScript,
  readKeysScript,
  releaseScript,
  savedKeysScript,
  stageScript,
  unstageScript,
  writeKeysScript,
} from './node-script.ts'
import type { Nodes } from './nodes.ts'
import { clusterAbout } from './save.ts'
import { unreadyWorkloads } from './workloads.ts'
import { readStored } from './stored-object.ts'

type RestoreOptions = Omit<WaitOptions, 'report'> & {
  readonly snapshot: Snapshot
  readonly kube: Kube
  readonly nodes: Nodes
  /** Throws where the cluster is another run's by now. */
  readonly confirm: () => void
  readonly report: (line: string) => void
  /** The cluster was just made, and the snapshot is of another one. */
  readonly isFresh?: boolean
}

/** What went back. */
export type Restored = { readonly keys: number; readonly containers: number }

/** What controllers change while the rest is written is put back by another pass. */
const passes = 3

/**
 * Makes the cluster what the snapshot says, without a restart of any node or of the control plane: what differs in etcd is written as
 * changes that every watch sees, volumes are put in the place of those of now, and the containers that use them start again. Until
 * everything is checked and unpacked, nothing changes; from then on the next run ends what this one began.
 */
export const restoreSnapshot = async (options: RestoreOptions): Promise<Restored> => {
  const { snapshot, kube, nodes, report, isFresh = false } = options
  await refuseOther(snapshot, kube, nodes, isFresh)
  const { id } = snapshot
  const { interrupted } = await listSnapshots(nodes)
  report('checking it')
  try {
    await nodes.runAll(stageScript, (node) => [id, snapshot.digests[node] ?? '', node === nodes.head ? 'head' : 'node'])
  } catch (error) {
    await nodes.runAll(unstageScript, () => [id, interrupted ? 'begun' : 'new']).catch(() => undefined)
    throw error
  }
  const saved = keysFrom(await nodes.run(nodes.head, savedKeysScript, [id]))
  const going = await foldersToGo(kube, saved)
  // What cannot be read has to show before anything changes.
  const live = keysFrom(await nodes.run(nodes.head, readKeysScript))
  const wanted = isFresh ? inFreshCluster(saved, live) : saved
  differenceTo(wanted, live, randomUUID)
  options.confirm()
  report('putting volumes and objects back')
  await kube.apply(interruptionMark(snapshot.name))
  const ending = await bringNamespaces(wanted, live, nodes)
  const written = await putBack(saved, { going, ending }, options).catch(async (error: unknown) => {
    await nodes.runLast(goOnScript)
    throw error
  })
  await nodes.runAll(goOnScript, () => [])
  await nodes.runAll(releaseScript, () => [id, ...going])
  await nodes.run(nodes.head, endScript)
  await kube.delete(interruption)
  const awaited = async () => {
    const unready = await unreadyWorkloads(kube, written.ended)
    const left = unready.filter((one) => !snapshot.unready.includes(one.id))
    if (left.length === 0) return { done: undefined }
    return { waiting: left.map((one) => `${one.id}: ${one.line}`).join(' · ') }
  }
  await waitFor('The restored cluster', poll(awaited, 250), { ...options, report })
  return { keys: written.keys, containers: written.ended.size }
}

/**
 * Has the namespaces there before what is in them: nothing deletes their contents any more, and every API server takes pods for them,
 * before a controller asks for one. Answers with those that were being deleted.
 */
const bringNamespaces = async (saved: Keys, live: Keys, nodes: Nodes): Promise<ReadonlySet<string>> => {
  const { puts, names, ending } = returningNamespaces(saved, live)
  if (names.length === 0) return ending
  await write({ puts, deletes: [] }, nodes)
  if (ending.size > 0) await nodes.runAll(quietScript, () => [])
  await nodes.runAll(acceptScript, () => names)
  return ending
}

const write = async (difference: Difference, nodes: Nodes): Promise<number> => {
  const requests = transactions(difference)
  if (requests.length > 0) await nodes.run(nodes.head, writeKeysScript, [], `${requests.join('\n')}\nend\n`)
  return difference.puts.length + difference.deletes.length
}

const putBack = async (
  saved: Keys,
  { going, ending }: { readonly going: readonly string[]; readonly ending: ReadonlySet<string> },
  { nodes, snapshot: { id }, isFresh = false }: RestoreOptions,
): Promise<{ readonly keys: number; readonly ended: ReadonlySet<string> }> => {
  const placed = await nodes.runAll(placeScript, () => [id, ...going])
  const ended = new Set([...placed.values()].flatMap((text) => text.trim().split(/\s+/)).filter((one) => one !== ''))
  let keys = 0
  for (let pass = 0; pass < passes; pass++) {
    let live = keysFrom(await nodes.run(nodes.head, readKeysScript))
    if (pass === 0) {
      const first = miscounted(live, ending)
      await write({ puts: [], deletes: first }, nodes)
      live = new Map([...live].filter(([key]) => !first.includes(key)))
    }
    const wanted = isFresh ? inFreshCluster(saved, live) : saved
    const written = await write(differenceTo(wanted, live, randomUUID), nodes)
    if (written === 0) break
    keys += written
  }
  return { keys, ended }
}

/** Volumes that were made since: nothing of then knows of them. */
const foldersToGo = async (kube: Kube, saved: ReadonlyMap<string, string>): Promise<readonly string[]> => {
  const folders = await volumeFolders(kube)
  const texts = [...saved]
    .filter(([key]) => key.startsWith('/registry/persistentvolumes/'))
    .map(([, value]) => Buffer.from(value, 'base64').toString('latin1'))
  // Provisioners make them and name them after the volume; others are folders of somebody.
  return folders.filter((folder) => /\/pvc-[0-9a-f-]{36}/.test(folder) && !texts.some((text) => text.includes(folder)))
}

const refuseOther = async (snapshot: Snapshot, kube: Kube, nodes: Nodes, isFresh: boolean): Promise<void> => {
  const { cluster, kubernetes } = await clusterAbout(kube)
  const then = Object.keys(snapshot.digests).toSorted().join(', ')
  const now = nodes.names.toSorted().join(', ')
  const why =
    cluster !== snapshot.cluster && !isFresh
      ? 'it is of another cluster'
      : kubernetes !== snapshot.kubernetes
        ? `it is of Kubernetes ${snapshot.kubernetes}, and the nodes are ${kubernetes} now`
        : then !== now
          ? `it was made of the nodes ${then}, and there are ${now} now`
          : undefined
  if (why !== undefined)
    throw new EnvironmentError('snapshot-unfit', `The snapshot ${snapshot.name} does not fit: ${why}.`, {
      hints: [`kindup snapshot save ${snapshot.name}   # replaces it by how everything is now`],
    })
}

const prefix = '/registry/namespaces/'
/** Controllers that count the pods which they asked for; a StatefulSet's does not. */
const counting = ['replicasets', 'daemonsets', 'jobs', 'controllers']

/** Namespaces of the snapshot that are gone, or are being deleted. */
type ReturningNamespaces = Pick<Difference, 'puts'> & {
  readonly names: readonly string[]
  /** Those that are being deleted. */
  readonly ending: ReadonlySet<string>
}

const returningNamespaces = (saved: Keys, live: Keys): ReturningNamespaces => {
  const puts = [...saved].filter(([key, value]) => {
    const now = live.get(key)
    return key.startsWith(prefix) && !isEnding(value) && (now === undefined || isEnding(now))
  })
  const names = puts.map(([key]) => key.slice(prefix.length))
  return { puts, names, ending: new Set(names.filter((name) => live.has(`${prefix}${name}`))) }
}

/**
 * What has to go for a moment before it is put back. A pod that an ending namespace refuses is counted as asked for, and for five minutes
 * no other one is made: https://github.com/kubernetes/kubernetes/blob/v1.36.4/pkg/controller/replicaset/replica_set.go (manageReplicas).
 * That the object is deleted is what makes its controller forget the count.
 */
const miscounted = (live: Keys, ending: ReadonlySet<string>): readonly string[] =>
  [...live.keys()].filter((key) => {
    const [, , kind = '', namespace = ''] = key.split('/')
    return counting.includes(kind) && ending.has(namespace)
  })

const isEnding = (value: string): boolean => readStored(Buffer.from(value, 'base64'))?.isGoing === true
