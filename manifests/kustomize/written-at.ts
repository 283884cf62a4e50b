import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { textAt, valueAt } from '../../core/fields.ts'
import type { Place } from '../../core/problem.ts'
import type { RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Path } from '../schema/words.ts'

/** Where an object that kustomize made, and its parts, stand in the files that it was made of: resources and patches. */
export const writtenAt = (
  object: KubeObject,
  written: readonly RenderedObject[],
  otherwise: Place,
  /** Where a kustomization itself writes a value, beside its files. */
  madeAt: (value: unknown, key: string | number | undefined) => Place | undefined = () => undefined,
): Pick<RenderedObject, 'at' | 'placeOf'> => {
  const sources = sourcesOf(object, written)
  const [first] = sources
  if (!first) return { at: otherwise, placeOf: (path) => madeAt(valueAt(object, ...path), path.at(-1)) ?? otherwise }
  return {
    at: first.at,
    placeOf: (path) => {
      const value = valueAt(object, ...path)
      const candidates = sources.map((source) => {
        const there = pathIn(path, object, source.object)
        const found = valueAt(source.object, ...there)
        const equal = value !== undefined && isDeepStrictEqual(found, value)
        return { source, there, equal, depth: depthOf(source.object, there) }
      })
      const [best] = candidates.toSorted((a, b) => Number(b.equal) - Number(a.equal) || b.depth - a.depth)
      // None of the files has this value: the kustomization put it there.
      const made = best?.equal === true ? undefined : madeAt(value, path.at(-1))
      if (made) return made
      return best?.source.placeOf?.(best.there) ?? best?.source.at ?? first.at
    },
  }
}

/** Names get prefixes and suffixes on the way: an object of the same kind whose name is part of the new one. The best first. */
const sourcesOf = (object: KubeObject, written: readonly RenderedObject[]): readonly RenderedObject[] => {
  const same = written.filter(({ object: other }) => groupKind(other) === groupKind(object))
  const exact = same.filter(({ object: { metadata } }) => metadata.name === object.metadata.name)
  if (exact.length > 0) return exact
  const within = same.filter(({ object: { metadata } }) => object.metadata.name.includes(metadata.name))
  const longest = Math.max(...within.map(({ object: { metadata } }) => metadata.name.length))
  return within.filter(({ object: { metadata } }) => metadata.name.length === longest)
}

/** The same path in another object, whose lists may have their items elsewhere: those with a name keep it. */
const pathIn = (path: Path, from: object, to: object): Path =>
  path.reduce<Path>((there, part, index) => {
    if (typeof part !== 'number') return [...there, part]
    const name = textAt(from, ...path.slice(0, index), part, 'name')
    const items = valueAt(to, ...there)
    const at =
      name !== undefined && Array.isArray(items) ? items.findIndex((item) => textAt(item, 'name') === name) : -1
    return [...there, at < 0 && name === undefined ? part : at]
  }, [])

const depthOf = (object: object, path: Path): number => {
  const missing = path.findIndex((_, index) => valueAt(object, ...path.slice(0, index + 1)) === undefined)
  return missing < 0 ? path.length : missing
}
