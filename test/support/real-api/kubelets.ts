import { Agent, request } from 'node:https'
import { pods } from '../api-server/controllers/pods.ts'
import type { Behaviour, NodeWorld } from '../api-server/controllers/world.ts'
import type { Obj } from '../api-server/object.ts'
import type { Access } from './control-plane.ts'
import type { Memory } from './memory.ts'

/**
 * A scheduler and kubelets that run nothing: what the stand-in makes of pods, done to a real API, after each change of a pod.
 * Everything else is done by the real controllers.
 */
export const runKubelets = (
  { port, ca, cert, key }: Access,
  memory: Memory,
  behaviour: (name: string) => Behaviour,
): { readonly wake: () => void; readonly stop: () => void } => {
  const pathOf = ({ metadata: { namespace = 'default', name } }: Obj): string =>
    `/api/v1/namespaces/${namespace}/pods/${name}`
  const world: NodeWorld = {
    behaviour,
    list: (apiVersion, kind, namespace) =>
      memory.list({ apiVersion, kind, ...(namespace !== undefined && { namespace }) }),
    gone: (pod) => void memory.call('DELETE', `${pathOf(pod)}?gracePeriodSeconds=0`),
    bind: (pod, name) =>
      void memory.call('POST', `${pathOf(pod)}/binding`, {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: pod.metadata.name },
        target: { apiVersion: 'v1', kind: 'Node', name },
      }),
    // A patch: the controllers write to pods too, and their finalizers are none of the kubelet's.
    setStatus: (pod, status) => void memory.call('PATCH', `${pathOf(pod)}/status`, { status }),
  }
  let planned: NodeJS.Immediate | undefined
  let isOver = false
  const wake = (): void => {
    if (isOver) return
    planned ??= setImmediate(() => {
      planned = undefined
      pods(world)
    })
  }
  const agent = new Agent({ ca, cert, key })
  const watch = (): void => {
    if (isOver) return
    request({ host: '127.0.0.1', port, path: '/api/v1/pods?watch=true', agent }, (answer) => {
      answer.on('data', wake)
      answer.on('close', watch)
    })
      .on('error', watch)
      .end()
  }
  watch()
  return {
    wake,
    stop: () => {
      isOver = true
      clearImmediate(planned)
      agent.destroy()
    },
  }
}
