import { idOf } from '../../core/identity.ts'
import type { ResolvedImage } from '../../cluster/images/images.ts'
import { partsOf, lastPart } from '../../cluster/reference.ts'
import type { Problem } from '../../core/problem.ts'
import { nearest } from '../../core/suggest.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { imageRuleFor } from '../transform/image-rule.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import { mentionsIn } from './image-mentions.ts'
import { imageRules, usedImages } from './needs.ts'

type Known = { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }

/**
 * Images that are built and that nothing runs: no object names them, no other image is built from them. Says nothing
 * where objects of the plan are not known yet, which may run them.
 */
export const unusedImages = (
  images: readonly ResolvedImage[],
  deployables: readonly Deployable[],
  known: readonly Known[],
): readonly Problem[] => {
  if (known.length < deployables.length) return []
  const rules = imageRules(images)
  const documents = known.flatMap((one) => one.documents)
  const used = new Set([
    ...usedImages(documents, { images: rules }).map(({ key }) => key),
    // What is named in a place where nothing is replaced has a warning of its own.
    ...documents.flatMap(({ object }) => mentionsIn(object, rules).map(({ rule }) => rule.key)),
    ...images.flatMap(({ bases = [] }) => bases),
  ])
  const others = [
    ...new Set(
      documents.flatMap(({ object }) =>
        containersOf(podTemplateOf(object)).flatMap(({ image = '' }) =>
          image === '' || imageRuleFor(image, rules) ? [] : [partsOf(image).repository],
        ),
      ),
    ),
  ]
  const inHooks = JSON.stringify(deployables.map(({ hooks }) => hooks ?? {}))
  return images
    .filter(({ key, build, name }) => build !== undefined && !used.has(key) && !inHooks.includes(name))
    .map(({ key, name, at }) => {
      const near = nearest(name, others) ?? others.find((other) => lastPart(other) === lastPart(name))
      return {
        severity: 'warning' as const,
        message: `Image ${key} is built, and nothing runs it: no object names ${name}, and no other image is built from it.`,
        at,
        step: idOf({ kind: 'image', name: key }),
        hint:
          near === undefined
            ? `Name the repository as it stands in the manifests: \`name:\`.`
            : `Did you mean \`name: ${near}\`? The manifests name ${near}.`,
      }
    })
}
