import { changes, type Observations } from '../../core/observations.ts'
import type { Kube, KubeObject, Query } from './kube.ts'

/**
 * An API that is asked for the same list only once while a run looks, and tells of all that is changed through it: each
 * service is looked at with the pods of its namespace, and a namespace may hold those of hundreds.
 */
export const seen = (kube: Kube, context: string, looks: Observations): Kube => {
  const listing =
    (how: string, ask: (query: Query) => Promise<readonly KubeObject[]>) =>
    (query: Query): Promise<readonly KubeObject[]> => {
      const { apiVersion, kind, namespace = '', labelSelector = '', fieldSelector = '' } = query
      const question = ['list', how, context, apiVersion, kind, namespace, labelSelector, fieldSelector].join(' ')
      return looks.answer(question, () => ask(query))
    }
  const changing = changes(looks)
  return {
    ...kube,
    list: listing('whole', kube.list),
    listMetadata: listing('metadata', kube.listMetadata),
    apply: changing(kube.apply),
    create: changing(kube.create),
    replace: changing(kube.replace),
    mergePatch: changing(kube.mergePatch),
    delete: changing(kube.delete),
    evict: changing(kube.evict),
    deleteAll: changing(kube.deleteAll),
  }
}
