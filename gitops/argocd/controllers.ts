import type { Kube } from '../../cluster/kube/kube.ts'
import { controllersTrouble } from '../controllers.ts'

/** What is wrong with Argo CD itself, in words; undefined where it runs. */
export const argoTrouble = (kube: Kube, namespace: string): Promise<string | undefined> =>
  controllersTrouble(kube, { title: 'Argo CD', namespace, partOf: 'argocd', needed: ['application-controller'] })
