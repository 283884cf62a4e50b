import type { Problem } from '../../core/problem.ts'
import type { Path } from '../path.ts'
import { pathKey } from '../path.ts'
import type { SourceMap } from '../source-map.ts'
import { fileSchema } from '../schema/file.ts'
import type { FileConfig } from '../schema/file.ts'
import { explain } from './explain.ts'
import type { Flaw } from './flatten.ts'
import { flatten } from './flatten.ts'
import { choicesAt } from './schema-at.ts'
import { removeAt, replaceAt, valueAt } from '../value-at.ts'

export type Shape = {
  /** What is left when all that is wrong was taken out; undefined when that is nothing. */
  readonly file: FileConfig | undefined
  readonly broken: readonly Path[]
  readonly problems: readonly Problem[]
}

/**
 * Holds the data against the schema. Changes `root`: values that may be read in two ways get the one that fits, wrong ones go.
 * Of the values at `unknown` paths nothing is said: that they are missing was said before.
 */
export const checkShape = (root: Record<string, unknown>, sourceMap: SourceMap, unknown: readonly Path[]): Shape => {
  // A section whose keys are all commented out is one that is not there.
  for (const [key, value] of Object.entries(root)) if (value === null) delete root[key]

  let result = fileSchema.safeParse(root)
  if (
    !result.success &&
    flatten(result.error.issues)
      .map((flaw) => otherReading(flaw, root, sourceMap))
      .includes(true)
  ) {
    result = fileSchema.safeParse(root)
  }
  if (result.success) return { file: asFile(root), broken: unknown, problems: [] }
  const flaws = flatten(result.error.issues)
  const said = new Set(unknown.map(pathKey))
  const problems = flaws.filter(({ path }) => !said.has(pathKey(path))).map((flaw) => explain(flaw, root, sourceMap))
  return { file: salvage(root, flaws), broken: [...unknown, ...flaws.map((flaw) => flaw.path)], problems }
}

/** The data itself, once the schema took it: the schema changes nothing, and its copy has lost the order of the file. */
const asFile = (root: Record<string, unknown>): FileConfig =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has just taken it
  root as FileConfig

const typeNames: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  number: ['number', 'int'],
  boolean: ['boolean'],
}

/** Where a value came from a variable or from `--set`, and the schema wants its other reading, takes that one. True if it did. */
const otherReading = (flaw: Flaw, root: unknown, sourceMap: SourceMap): boolean => {
  if (flaw.kind !== 'type' && flaw.kind !== 'choice') return false
  if (flaw.kind === 'type' && valueAt(root, flaw.path) === null && flaw.expected.length === 1) {
    const [expected] = flaw.expected
    // `dev:` with nothing after it is a map without keys, where only a map can stand.
    if (expected !== 'object' && expected !== 'record' && expected !== 'array') return false
    replaceAt(root, flaw.path, expected === 'array' ? [] : {})
    return true
  }
  const otherwise = sourceMap.spot(flaw.path)?.otherwise
  const wanted = flaw.kind === 'choice' ? ['string', 'boolean'] : flaw.expected
  if (otherwise === undefined || !(typeNames[typeof otherwise] ?? []).some((name) => wanted.includes(name)))
    return false
  replaceAt(root, flaw.path, otherwise)
  return true
}

// Taking out a key that is required breaks the map around it; the deepest way up from a leaf is shorter than this.
const mostRounds = 12

const salvage = (root: Record<string, unknown>, flaws: readonly Flaw[]): FileConfig | undefined => {
  let left: readonly Flaw[] = flaws
  for (let round = 0; round < mostRounds; round++) {
    for (const { path } of left) {
      const standIn = path.length === 1 && path[0] === 'name' ? 'unnamed' : choicesAt(fileSchema, path)[0]
      // Around a wrong choice all else can still be checked, if one of the right ones stands there meanwhile.
      if (round === 0 && standIn !== undefined) replaceAt(root, path, standIn)
      else if (!removeAt(root, path)) return undefined
    }
    const result = fileSchema.safeParse(root)
    if (result.success) return asFile(root)
    left = flatten(result.error.issues)
  }
  return undefined
}
