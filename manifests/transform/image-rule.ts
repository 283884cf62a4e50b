import { partsOf, sameRepository, sameTag } from '../../cluster/reference.ts'
import type { Deployable } from '../deployable.ts'
import type { ImageRule } from './rules.ts'

/** The rule for an image reference, if it is one of ours: by its name, or because values have put what runs instead there already. */
export const imageRuleFor = (ref: string | undefined, images: readonly ImageRule[]): ImageRule | undefined => {
  if (ref === undefined || ref === '') return undefined
  const { repository } = partsOf(ref)
  const named = images.filter(({ name }) => sameRepository(name, repository))
  // Of several of one name it may have been put there already.
  return named.find((rule) => sameTag(rule.ref, ref)) ?? named[0] ?? images.find((rule) => sameTag(rule.ref, ref))
}

/** The rules for the objects of one deployable: of images that have one name (`team/shop:web`, `team/shop:api`) the service's own is meant. */
export const rulesOfOwn = (images: readonly ImageRule[], { of }: Pick<Deployable, 'of'>): readonly ImageRule[] => {
  const own = of.kind === 'service' ? images.find(({ key }) => key === of.name) : undefined
  return own ? images.filter((rule) => rule === own || !sameRepository(rule.name, own.name)) : images
}
