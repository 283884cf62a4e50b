import { Document, isMap } from 'yaml'
import { pathOfKey } from '../path.ts'
import type { Env } from '../interpolate.ts'
import { buildTree, type Tree } from './tree.ts'
import type { Evaluated } from '../code/evaluate.ts'

/** What a program exports, as if it stood in a file: variables in texts are replaced, and each value has the place of its key. */
export const codeTree = ({ value, placeOf }: Evaluated, env: Env): Tree => {
  const document = new Document(value)
  if (!isMap(document.contents)) throw new Error('a configuration is a map')
  const tree = buildTree(document, document.contents, () => placeOf([]), env)
  const spots: Tree['spots'] = new Map(
    [...tree.spots].map(([key, spot]) => {
      const at = placeOf(pathOfKey(key))
      return [key, { ...spot, key: at, value: at }]
    }),
  )
  return {
    ...tree,
    spots,
    unknown: tree.unknown.map(({ path, problem }) => ({ path, problem: { ...problem, at: placeOf(path) } })),
  }
}
