import type { KubeObject } from '../../cluster/kube/kube.ts'
import { partsOf } from '../../cluster/reference.ts'
import { containerLists, containersOf, podTemplateOf, type Container, type PodTemplate } from './pod-templates.ts'

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
      containersOf(podTemplateOf(object)?.spec).flatMap((one) => (isAskedEachTime(one) ? (one.image ?? []) : [])),
    ),
  ),
]

/** The copies that the nodes were given are run, unless somebody wrote that the registry is to be asked. */
export const withHeld = (template: PodTemplate, held: readonly string[]): PodTemplate => {
  const { spec } = template
  const isHeld = (one: Container): boolean => isAskedEachTime(one) && held.includes(one.image ?? '')
  if (spec === undefined || !containersOf(spec).some(isHeld)) return template
  const given = (one: Container): Container => (isHeld(one) ? { ...one, imagePullPolicy: 'IfNotPresent' } : one)
  const lists = containerLists.filter((list) => Array.isArray(spec[list]))
  return {
    ...template,
    spec: { ...spec, ...Object.fromEntries(lists.map((list) => [list, spec[list]?.map(given)])) },
  }
}
