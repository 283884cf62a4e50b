import { EnvironmentError } from '../../core/errors.ts'
import type { NamedNode } from './may-run.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { marksOf } from './labels.ts'

const attempts = 5

/** Gives the nodes the labels and taints of the file, and takes away those that the file had before. */
export const markNodes = async (
  kube: Kube,
  nodes: readonly NamedNode[],
  live: readonly KubeObject[],
): Promise<void> => {
  await Promise.all(
    nodes.map(async (node) => {
      let object = live.find(({ metadata }) => metadata.name === node.container)
      for (let attempt = 1; object; attempt++) {
        const { patch } = marksOf(object, node)
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
