import { showLeafPath } from './leaves.ts'
import type { Pin } from './pins.ts'
import type { PinDocument } from './read-files.ts'

type Pinned = { readonly pin: Pin; readonly document: PinDocument }

/**
 * What goes with a tag: values whose path speaks of a version, and that say in each environment what its tag says
 * (`APP_VERSION` among the variables). They follow it.
 */
export const versionsBeside = (
  { pin, document }: Pinned,
  there: Pinned | undefined,
): readonly (readonly string[])[] => {
  if (pin.kind !== 'tag' || !there) return []
  const theirs = new Map(there.document.leaves.map((leaf) => [showLeafPath(leaf.path), leaf]))
  const pinned = new Set([...document.pins, ...there.document.pins].map(({ path }) => showLeafPath(path)))
  return document.leaves
    .filter(({ path, value }) => {
      const key = showLeafPath(path)
      return (
        !pinned.has(key) &&
        /version/i.test(key) &&
        value === pin.leaf.value &&
        theirs.get(key)?.value === there.pin.leaf.value
      )
    })
    .map(({ path }) => path)
}
