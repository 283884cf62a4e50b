import { idOf } from '../../core/identity.ts'
import type { ResolvedImage } from '../../cluster/images/images.ts'
import { partsOf, sameRepository } from '../../cluster/reference.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import type { ImageRule } from '../transform/rules.ts'

/** Containers whose image two of the file could stand for: one would run, and nobody could tell which. */
export const ambiguousImages = (
  { id }: Pick<Deployable, 'id'>,
  documents: readonly RenderedObject[],
  rules: readonly ImageRule[],
): readonly Problem[] => {
  const said = new Set<string>()
  return documents.flatMap(({ object, at }) =>
    containersOf(podTemplateOf(object)).flatMap(({ image = '' }): readonly Problem[] => {
      const { repository } = partsOf(image)
      const named = rules.filter(({ name }) => sameRepository(name, repository))
      if (named.length < 2 || said.has(repository)) return []
      said.add(repository)
      return [
        {
          severity: 'error',
          message: `${object.kind} ${object.metadata.name} runs ${repository}, and ${named.map(({ key }) => key).join(' and ')} of the file are both called so: which one is meant, nothing tells.`,
          at,
          step: id,
          hint: 'Give the service its own `image:`, which counts for what it runs, or the images names of their own.',
        },
      ]
    }),
  )
}

/** Images that are built from different things and would have one reference: the later build would take the place of the other. */
export const imagesOfOneReference = (images: readonly ResolvedImage[]): readonly Problem[] =>
  images.flatMap(({ key, ref, inputs, build, at }, index): readonly Problem[] => {
    const other = images
      .slice(0, index)
      .find((one) => one.ref === ref && one.inputs !== inputs && one.build !== undefined)
    if (ref === undefined || build === undefined || !other) return []
    return [
      {
        severity: 'error',
        message: `Image ${key} would be ${ref}, which image ${other.key} is: one build would take the place of the other.`,
        at,
        step: idOf({ kind: 'image', name: key }),
        hint: 'Leave `tag:` out, which tells them apart by what they are built from, or give one another name or tag.',
      },
    ]
  })
