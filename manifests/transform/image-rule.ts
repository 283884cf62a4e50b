import { partsOf, sameRepository, sameTag } from '../../cluster/reference.ts'
import type { ImageRule } from './rules.ts'

/** The rule for an image reference, if it is one of ours: by its name, or because values have put what runs instead there already. */
export const imageRuleFor = (ref: string | undefined, images: readonly ImageRule[]): ImageRule | undefined => {
  if (ref === undefined || ref === '') return undefined
  const { repository } = partsOf(ref)
  return images.find(({ name }) => sameRepository(name, repository)) ?? images.find((rule) => sameTag(rule.ref, ref))
}
