import type { Place } from '../core/problem.ts'
import type { Path } from './path.ts'
import { pathKey } from './path.ts'
import type { Spot } from './source/tree.ts'

/** Where things of the file stand, of themselves or of their nearest ancestor that is written there. */
export type SourceMap = {
  key(path: Path): Place
  value(path: Path): Place
  spot(path: Path): Spot | undefined
  /** The path as it is written, for one of the normalised form: `images.web` may stand as `services.web.image`. */
  written(path: Path): Path
}

export const makeSourceMap = (spots: ReadonlyMap<string, Spot>, file: string): SourceMap => {
  const find = (path: Path): Spot => {
    const written = shortForm(path, spots) ?? path
    for (let length = written.length; length > 0; length--) {
      const spot = spots.get(pathKey(written.slice(0, length)))
      if (spot !== undefined) return spot
    }
    const start = { file, line: 1, column: 1 }
    return { key: start, value: start }
  }
  return {
    key: (path) => find(path).key,
    value: (path) => {
      const spot = find(path)
      // A map or a list is found by its key; a text where it begins.
      return spot.written === undefined ? spot.key : spot.value
    },
    spot: (path) => spots.get(pathKey(path)),
    written: (path) => shortForm(path, spots) ?? path,
  }
}

/** The path under which a normalised value is written in its short form, where it is. */
const shortForm = (path: Path, spots: ReadonlyMap<string, Spot>): Path | undefined => {
  const [section, key, ...rest] = path
  if (section === 'images' && key !== undefined && !spots.has(pathKey(['images', key]))) {
    return spots.has(pathKey(['services', key, 'image'])) ? ['services', key, 'image', ...rest] : undefined
  }
  if (section === 'cluster' && key === 'nodes' && !spots.has(pathKey(['cluster', 'nodes']))) {
    return spots.has(pathKey(['cluster', 'workers'])) ? ['cluster', 'workers'] : undefined
  }
  return undefined
}
