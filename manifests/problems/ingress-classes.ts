import { textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'

/** Names of the Ingress classes that the plan brings; undefined while somebody may bring more of whom nothing is rendered yet. */
export type IngressClasses = ReadonlySet<string> | undefined

/** What all of these bring together. */
export const ingressClassesOf = (all: readonly (readonly RenderedObject[] | undefined)[]): IngressClasses => {
  const names = new Set<string>()
  for (const documents of all) {
    if (!documents) return undefined
    for (const { object } of documents)
      if (groupKind(object) === 'networking.k8s.io/IngressClass') names.add(object.metadata.name)
  }
  return names
}

/** The class that an Ingress names, where it names one. */
export const ingressClassOf = (object: KubeObject): string | undefined => {
  if (groupKind(object) !== 'networking.k8s.io/Ingress') return undefined
  const name =
    textAt(object, 'spec', 'ingressClassName') ?? object.metadata.annotations?.['kubernetes.io/ingress.class']
  return name === undefined || name === '' ? undefined : name
}

/** Whether it is an Ingress of a class that nothing of these serves. */
export const isUnserved = (object: KubeObject, classes: IngressClasses): boolean => {
  const name = ingressClassOf(object)
  return name !== undefined && classes !== undefined && !classes.has(name)
}
