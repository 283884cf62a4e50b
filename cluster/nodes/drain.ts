import { mapsAt, textAt, textListAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor } from '../../core/wait.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { showClaim } from '../kube/show-claim.ts'

/** Claims whose volumes are folders of a node, and volumes that were kept when their claims went: they would go with it. */
const dataOn = async (
  kube: Kube,
  node: string,
): Promise<{
  readonly claims: readonly KubeObject[]
  readonly kept: readonly string[]
  /** Whether it is only known that they may be there. */
  readonly isUnsure: boolean
}> => {
  const [volumes, claims] = await Promise.all([
    kube.list({ apiVersion: 'v1', kind: 'PersistentVolume' }),
    kube.list({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
  ])
  const adrift = volumes.filter(isAdrift)
  const pods = adrift.length === 0 ? [] : await kube.list({ apiVersion: 'v1', kind: 'Pod' })
  const there = volumes.filter(
    (volume) => isOn(volume, node) || (adrift.includes(volume) && mayBeOn(volume, node, pods)),
  )
  const names = there.map(({ metadata }) => metadata.name)
  const kept = there.filter((volume) => textAt(volume, 'status', 'phase') === 'Released' && isRetained(volume))
  return {
    claims: claims.filter((claim) => names.includes(textAt(claim, 'spec', 'volumeName') ?? '')),
    kept: kept.map(({ metadata }) => metadata.name),
    isUnsure: there.length > 0 && there.every((volume) => adrift.includes(volume)),
  }
}

/** A folder of whichever node its pod runs on: nothing in it says which. */
const isAdrift = (volume: KubeObject): boolean =>
  (textAt(volume, 'spec', 'hostPath', 'path') ?? textAt(volume, 'spec', 'local', 'path')) !== undefined &&
  mapsAt(volume, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms').length === 0

/** Pods tell where its folder is; of one that no pod uses now, any node may have it. */
const mayBeOn = (volume: KubeObject, node: string, pods: readonly KubeObject[]): boolean => {
  const claim = textAt(volume, 'spec', 'claimRef', 'name')
  const users = pods.filter(
    ({ metadata, ...pod }) =>
      metadata.namespace === textAt(volume, 'spec', 'claimRef', 'namespace') &&
      mapsAt(pod, 'spec', 'volumes').some((one) => textAt(one, 'persistentVolumeClaim', 'claimName') === claim),
  )
  return claim !== undefined && (users.length === 0 || users.some((pod) => textAt(pod, 'spec', 'nodeName') === node))
}

const isRetained = (volume: KubeObject): boolean => textAt(volume, 'spec', 'persistentVolumeReclaimPolicy') === 'Retain'

const isOn = (volume: KubeObject, node: string): boolean =>
  mapsAt(volume, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms').some((term) =>
    mapsAt(term, 'matchExpressions').some((one) => textListAt(one, 'values').includes(node)),
  )

/** What a removal of the node would lose, as what `up` says instead; undefined where it loses nothing. */
export const lossOf = async (kube: Kube, node: string): Promise<EnvironmentError | undefined> => {
  const { claims, kept, isUnsure } = await dataOn(kube, node)
  const all = [...claims.map(showClaim), ...kept.map((name) => `PersistentVolume ${name}`)]
  if (all.length === 0) return undefined
  return new EnvironmentError(
    'node-holds-data',
    `${node} ${isUnsure ? 'may hold' : 'holds'} the data of ${all.join(', ')}, which would go with it.`,
    {
      hints: [
        ...(isUnsure
          ? ['Its volume is a `hostPath` without `nodeAffinity`: a folder of the node that its pod runs on.']
          : []),
        'Keep the worker in the file, or delete the claim first where its data may go:',
        ...claims.map(
          ({ metadata: { name, namespace = 'default' } }) =>
            `kubectl delete persistentvolumeclaim --namespace ${namespace} ${name}`,
        ),
        ...kept.map((name) => `kubectl delete persistentvolume ${name}`),
      ],
    },
  )
}

/**
 * Takes new pods from a node and has those that run there leave it, as `kubectl drain` does: budgets of disruption are
 * waited for, pods of DaemonSets stay. Throws `timed-out` with the pods that are left.
 */
export const drain = async (kube: Kube, node: string, ctx: Context): Promise<void> => {
  await kube.mergePatch({ apiVersion: 'v1', kind: 'Node', name: node }, { spec: { unschedulable: true } })
  const said = new Set<string>()
  const podsThere = async () =>
    (await kube.list({ apiVersion: 'v1', kind: 'Pod', fieldSelector: `spec.nodeName=${node}` })).filter(leaves)
  // What comes later tolerates a node that takes no pods, and would come again and again.
  const first = new Set((await podsThere()).map(({ metadata }) => metadata.uid))
  const ask = async () => {
    const left = (await podsThere()).filter(({ metadata }) => first.has(metadata.uid))
    await Promise.all(
      left.map(async ({ metadata: { name, namespace = 'default', ownerReferences = [], deletionTimestamp } }) => {
        if (deletionTimestamp !== undefined) return
        const id = `${namespace}/${name}`
        if (ownerReferences.length === 0 && !said.has(id))
          ctx.warn(`Pod ${id} goes with ${node}, and no controller makes it again.`)
        said.add(id)
        await kube.evict({ namespace, name })
      }),
    )
    const names = left.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)
    const [shown = '', ...others] = names
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return names.length === 0 ? { done: undefined } : { waiting: `${shown}${more} to leave ${node}` }
  }
  await waitFor(`Draining ${node}`, poll(ask, 500), ctx)
}

const leaves = (pod: KubeObject): boolean => {
  const { ownerReferences = [], annotations = {} } = pod.metadata
  const isOver = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')
  const isOfNode = ownerReferences.some(({ kind }) => kind === 'DaemonSet' || kind === 'Node')
  return !isOver && !isOfNode && !('kubernetes.io/config.mirror' in annotations)
}
