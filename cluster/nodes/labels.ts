import { mapsAt, type Fields } from '../../core/fields.ts'
import type { NodeConfig, Taint } from '../../config/config.ts'
import type { KubeObject, Kube } from '../kube/kube.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { NamedNode } from './may-run.ts'

/** Which labels and taints of a node came from the file: only those are taken away when the file drops them. */
const labelsNote = 'kindup.dev/labels'
const taintsNote = 'kindup.dev/taints'

type LiveTaint = { readonly key: string; readonly value?: string; readonly effect: string }

export type NodeLabels = {
  /** What differs from the file, in words: `label tier=backend`, `taint dedicated`. */
  readonly differences: readonly string[]
  /** A merge patch that makes it so and remembers what is ours; undefined when nothing is to be written. */
  readonly patch: object | undefined
}

/** Compares a node of the cluster with the one of the file. */
export const nodeLabelsOf = (live: KubeObject, wanted: Pick<NodeConfig, 'labels' | 'taints'>): NodeLabels => {
  const notes = live.metadata.annotations ?? {}
  const labels = compareLabels(live.metadata.labels ?? {}, wanted.labels, listIn(notes[labelsNote]))
  const taints = compareTaints(taintsIn(live), wanted.taints, listIn(notes[taintsNote]))
  const remembered = {
    [labelsNote]: JSON.stringify(Object.keys(wanted.labels)),
    [taintsNote]: JSON.stringify(wanted.taints.map(idOf)),
  }
  const differences = [...labels.differences, ...taints.differences]
  const forgot = Object.entries(remembered).some(([key, value]) => (notes[key] ?? '[]') !== value)
  if (differences.length === 0 && !forgot) return { differences, patch: undefined }
  return {
    differences,
    patch: {
      metadata: {
        // Taints are a list, which a patch replaces whole: another writer must be noticed.
        resourceVersion: live.metadata.resourceVersion,
        annotations: remembered,
        labels: labels.patch,
      },
      ...(taints.differences.length > 0 ? { spec: { taints: taints.list } } : {}),
    },
  }
}

const compareLabels = (
  have: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
  ours: readonly string[],
) => {
  const set = Object.entries(wanted).filter(([key, value]) => have[key] !== value)
  const dropped = ours.filter((key) => !(key in wanted) && key in have)
  return {
    differences: [
      ...set.map(([key, value]) => `label ${key}=${value}`),
      ...dropped.map((key) => `label ${key} is no longer in the file`),
    ],
    patch: Object.fromEntries<string | null>([...set, ...dropped.map((key) => [key, null] as const)]),
  }
}

const compareTaints = (have: readonly LiveTaint[], wanted: readonly Taint[], ours: readonly string[]) => {
  const wantedIds = new Set(wanted.map(idOf))
  const missing = wanted.filter(
    (taint) => !have.some((other) => idOf(other) === idOf(taint) && (other.value ?? '') === taint.value),
  )
  const dropped = have.filter((taint) => ours.includes(idOf(taint)) && !wantedIds.has(idOf(taint)))
  return {
    differences: [
      ...missing.map((taint) => `taint ${showTaint(taint)}`),
      ...dropped.map((taint) => `taint ${showTaint(taint)} is no longer in the file`),
    ],
    list: [
      ...have.filter((taint) => !dropped.includes(taint) && !wantedIds.has(idOf(taint))),
      ...wanted.map(({ key, value, effect }) => ({ key, ...(value === '' ? {} : { value }), effect })),
    ],
  }
}

/** Kubernetes tells taints apart by key and effect. */
const idOf = ({ key, effect }: Pick<LiveTaint, 'key' | 'effect'>): string => `${key}:${effect}`
const showTaint = ({ key, value, effect }: LiveTaint): string => `${key}${value ? `=${value}` : ''}:${effect}`

const taintsIn = (node: KubeObject): readonly LiveTaint[] => mapsAt(node, 'spec', 'taints').filter(isTaint)

const isTaint = (value: Fields): value is Fields & LiveTaint =>
  typeof value['key'] === 'string' && typeof value['effect'] === 'string'

const listIn = (note: string | undefined): readonly string[] => {
  try {
    const list: unknown = JSON.parse(note ?? '[]')
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
  } catch {
    // Somebody wrote into it by hand: nothing is known to be ours then.
    return []
  }
}

const attempts = 5

/** Gives the nodes the labels and taints of the file, and takes away those that the file had before. */
export const labelNodes = async (
  kube: Kube,
  nodes: readonly NamedNode[],
  live: readonly KubeObject[],
): Promise<void> => {
  await Promise.all(
    nodes.map(async (node) => {
      let object = live.find(({ metadata }) => metadata.name === node.container)
      for (let attempt = 1; object; attempt++) {
        const { patch } = nodeLabelsOf(object, node)
        if (!patch) return
        const ref = { apiVersion: 'v1', kind: 'Node', name: node.container }
        try {
          await kube.mergePatch(ref, patch)
          return
        } catch (error) {
          // Kubelets and controllers write their nodes all the time.
          if (!(error instanceof EnvironmentError) || error.code !== 'api-conflict' || attempt === attempts) throw error
          object = await kube.get(ref)
        }
      }
    }),
  )
}
