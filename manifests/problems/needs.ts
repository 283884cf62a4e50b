import { idOf } from '../../core/identity.ts'
import type { ResolvedImage } from '../../cluster/images/images.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'
import { imagesBeside, type Places } from '../transform/image-paths.ts'
import { imageRuleFor } from '../transform/image-rule.ts'
import type { ImageRule } from '../transform/rules.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import { mentionsIn } from './image-mentions.ts'

/** Who brings a kind: a step's id. */
export type Providers = ReadonlyMap<string, string>

/** The images of the file that have a reference, as rules for objects. */
export const imageRules = (images: readonly ResolvedImage[]): readonly ImageRule[] =>
  images.flatMap(({ key, name, ref, inputs }) => (ref === undefined ? [] : [{ key, name, ref, inputs }]))

/** The rules for images that these objects run, or name in a place that is known to hold one. */
export const usedImages = (documents: readonly RenderedObject[], places: Places): readonly ImageRule[] => {
  const used = documents.flatMap(({ object }) => [
    ...containersOf(podTemplateOf(object)).map(({ image }) => imageRuleFor(image, places.images)),
    ...imagesBeside(object, places),
    ...mentionsIn(object, places.images).flatMap(({ rule, exact }) => (exact ? [rule] : [])),
  ])
  return places.images.filter((rule) => used.includes(rule))
}

/** Steps that have to come first although nobody wrote so: images that are used, and whatever brings the kinds that are rendered. */
export const derivedNeeds = (
  deployable: Deployable,
  documents: readonly RenderedObject[],
  used: readonly ImageRule[],
  { providers, servers }: { readonly providers: Providers; readonly servers: Providers },
): readonly string[] => {
  const kinds = new Set(documents.map(({ object }) => groupKind(object)))
  // The API takes an Ingress before its controller is there. A service waits for it, to be reached and tested; an add-on need not.
  const waitsFor = (kind: string): boolean => kind !== 'networking.k8s.io/Ingress' || deployable.of.kind !== 'addon'
  const bringers = [...kinds]
    .filter(waitsFor)
    .flatMap((kind) => [providers.get(kind) ?? [], (deployable.of.kind !== 'addon' && servers.get(kind)) || []].flat())
  const needs = [...used.map(({ key }) => idOf({ kind: 'image', name: key })), ...bringers]
  return [...new Set(needs)].filter((need) => need !== deployable.id)
}
