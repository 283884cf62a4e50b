import { pathKey, type Path } from '../path.ts'
import type { Tree } from '../source/tree.ts'
import { isHolder } from '../value-at.ts'

/** The part of a tree whose values stand in files that `isFrom` takes. Lists come as a whole, so that positions in them stay. */
export const partOf = ({ root, spots }: Tree, isFrom: (file: string) => boolean): Readonly<Record<string, unknown>> => {
  const isOwn = (path: Path): boolean => {
    const spot = spots.get(pathKey(path))
    return spot !== undefined && isFrom(spot.value.file)
  }
  const kept = (value: Readonly<Record<string, unknown>>, path: Path): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(value).flatMap(([key, one]): readonly (readonly [string, unknown])[] => {
        const own = [...path, key]
        if (!isMap(one)) return isOwn(own) ? [[key, one]] : []
        const below = kept(one, own)
        return Object.keys(below).length > 0 || (Object.keys(one).length === 0 && isOwn(own)) ? [[key, below]] : []
      }),
    )
  return kept(root, [])
}

const isMap = (value: unknown): value is Record<string, unknown> => isHolder(value) && !Array.isArray(value)
