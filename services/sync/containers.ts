import type { ContainerRef } from '../../cluster/kube/exec.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt, valueAt } from '../../core/fields.ts'

/** A running container of an image; the id is another one once it is started again. */
export type RunningContainer = ContainerRef & { readonly id: string; readonly isReadOnly: boolean }

export type Containers = {
  readonly running: readonly RunningContainer[]
  /** Pods with a container that is just being made, of the image as it is now or as it was a moment ago. */
  readonly starting: readonly string[]
  /** Whether any pod is to run the image. */
  readonly any: boolean
}

/** The containers of these pods that run the image `ref`, init containers left out. */
export const containersWith = (pods: readonly KubeObject[], ref: string): Containers => {
  const running: RunningContainer[] = []
  const starting: string[] = []
  let any = false
  for (const pod of pods) {
    const { name, namespace = 'default', deletionTimestamp } = pod.metadata
    const isOver = ['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase') ?? '')
    for (const written of mapsAt(pod, 'spec', 'containers')) {
      const { name: container, image } = written
      if (image !== ref || typeof container !== 'string' || isOver) continue
      any ||= deletionTimestamp === undefined
      const status = mapsAt(pod, 'status', 'containerStatuses').find((one) => one['name'] === container)
      const id = textAt(status, 'containerID')
      if (valueAt(status, 'state', 'running') !== undefined && id !== undefined)
        running.push({ namespace, pod: name, container, id, isReadOnly: isReadOnly(written) })
      // What is not on a node yet, waits for its init containers or is tried again later is made of the image as it is then.
      else if (textAt(status, 'state', 'waiting', 'reason') === 'ContainerCreating') starting.push(name)
      else if (status === undefined && textAt(pod, 'spec', 'nodeName') !== undefined) starting.push(name)
    }
  }
  return { running, starting, any }
}

const isReadOnly = (container: unknown): boolean =>
  valueAt(container, 'securityContext', 'readOnlyRootFilesystem') === true
