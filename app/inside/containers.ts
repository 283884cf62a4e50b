import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { ContainerStatus, Pod } from '../../cluster/kube/models.ts'

/** One container of a pod that a step brought. */
export type PodContainer = {
  readonly entry: InventoryEntry
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly kind: 'init' | 'main' | 'ephemeral'
  /** Of its run; undefined before the first. */
  readonly id: string | undefined
  readonly state: 'waiting' | 'running' | 'ended'
  /** How the run ended. */
  readonly exitCode?: number
  readonly restarts: number
}

/** The containers of a pod in the order in which they start. */
export const containersOfPod = (entry: InventoryEntry, { metadata, spec, status }: Pod): readonly PodContainer[] => {
  const all = (
    kind: PodContainer['kind'],
    specs: readonly { readonly name: string }[] = [],
    statuses: readonly ContainerStatus[] = [],
  ): readonly PodContainer[] =>
    specs.map(({ name }) => {
      const one = statuses.find((each) => each.name === name)
      const { running, terminated } = one?.state ?? {}
      // A container that waits to be started again still has the log of the run before.
      const last = terminated ?? (running ? undefined : one?.lastState?.terminated)
      const id = one?.containerID || last?.containerID || undefined
      return {
        entry,
        namespace: metadata.namespace ?? 'default',
        pod: metadata.name,
        container: name,
        kind,
        id,
        state: running ? 'running' : last ? 'ended' : 'waiting',
        ...(last && { exitCode: last.exitCode }),
        restarts: one?.restartCount ?? 0,
      }
    })
  return [
    ...all('init', spec?.initContainers, status?.initContainerStatuses),
    ...all('main', spec?.containers, status?.containerStatuses),
    ...all('ephemeral', spec?.ephemeralContainers, status?.ephemeralContainerStatuses),
  ]
}

/** `shop-5d4f/web`: names it among all of its namespace. */
export const nameOf = ({ pod, container }: Pick<PodContainer, 'pod' | 'container'>): string => `${pod}/${container}`

/** Names it among all of the cluster. */
export const keyOf = (one: Pick<PodContainer, 'namespace' | 'pod' | 'container'>): string =>
  `${one.namespace}/${nameOf(one)}`
