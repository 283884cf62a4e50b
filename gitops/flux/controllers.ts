import type { Kube } from '../../cluster/kube/kube.ts'
import { controllersTrouble } from '../controllers.ts'

/** What is wrong with Flux itself, in words; undefined where it runs. */
export const fluxTrouble = (kube: Kube, namespace: string): Promise<string | undefined> =>
  controllersTrouble(kube, {
    title: 'Flux',
    namespace,
    partOf: 'flux',
    needed: ['source-controller', 'kustomize-controller'],
  })
