import type { KubeObject } from '../../cluster/kube/kube.ts'
import { partsOf } from '../../cluster/reference.ts'
import { containersOf, podTemplateOf, withContainers, type Container, type PodTemplate } from './pod-templates.ts'

/** Kubernetes takes `Always` for `latest` and for no tag when nothing is said. */
export const isLatest = (ref: string): boolean => {
  const { tag, digest } = partsOf(ref)
  return digest === undefined && (tag === undefined || tag === 'latest')
}

const isAskedEachTime = ({ image, imagePullPolicy }: Container): boolean =>
  image !== undefined && image !== '' && imagePullPolicy === undefined && isLatest(image)

/** References for which a registry would be asked at each start, although nobody wrote so. */
export const askedEachTime = (objects: readonly KubeObject[]): readonly string[] => [
  ...new Set(
    objects.flatMap((object) =>
      containersOf(podTemplateOf(object)).flatMap((one) => (isAskedEachTime(one) ? (one.image ?? []) : [])),
    ),
  ),
]

/** The copies that the nodes were given are run, unless somebody wrote that the registry is to be asked. */
export const withHeld = (template: PodTemplate, held: readonly string[]): PodTemplate => {
  const isHeld = (one: Container): boolean => isAskedEachTime(one) && held.includes(one.image ?? '')
  if (!containersOf(template).some(isHeld)) return template
  return withContainers(template, (one) =>
    isHeld(one) ? { ...one.written, imagePullPolicy: 'IfNotPresent' } : one.written,
  )
}
