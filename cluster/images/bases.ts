import type { ImageConfig } from '../../config/config.ts'
import { partsOf, sameRepository } from '../reference.ts'

/** Tags that are worked out here; any other is the text itself. */
const workedOut = ['git', 'version', 'hash']

/** Whether a Dockerfile's reference may mean an image that is built here; for a tag that is worked out, only its name tells yet. */
export const mayMean = (reference: string, { name, tag, build, ref }: ImageConfig): boolean => {
  const parts = partsOf(reference)
  if (!build || (ref !== undefined && ref !== '') || !sameRepository(parts.repository, name)) return false
  return workedOut.includes(tag) || tag === (parts.tag ?? 'latest')
}

/** Whether a Dockerfile's reference is this very image. */
export const means = (
  reference: string,
  image: { readonly name: string; readonly tag: string | undefined },
): boolean => {
  const { repository, tag } = partsOf(reference)
  return sameRepository(repository, image.name) && image.tag === (tag ?? 'latest')
}

/**
 * Whether a Dockerfile's reference means an image of the file by its name alone: its tag is worked out here, so that
 * nobody could write it there.
 */
export const meansByName = (reference: string, { name, tag }: Pick<ImageConfig, 'name' | 'tag'>): boolean => {
  const parts = partsOf(reference)
  const open = parts.digest === undefined && (parts.tag === undefined || parts.tag === 'latest')
  return workedOut.includes(tag) && open && sameRepository(parts.repository, name)
}

/** Keys that lead from one image back to itself, the first one again at the end; undefined when none does. */
export const roundIn = (basesOf: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined => {
  const done = new Set<string>()
  const visit = (key: string, chain: readonly string[]): readonly string[] | undefined => {
    if (chain.includes(key)) return [...chain.slice(chain.indexOf(key)), key]
    if (done.has(key)) return undefined
    for (const base of basesOf.get(key) ?? []) {
      const round = visit(base, [...chain, key])
      if (round) return round
    }
    done.add(key)
    return undefined
  }
  for (const key of basesOf.keys()) {
    const round = visit(key, [])
    if (round) return round
  }
  return undefined
}
