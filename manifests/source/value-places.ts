import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { identity } from '../kinds/kind.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { valueAt } from '../../core/fields.ts'
import { inParallel } from '../../core/in-parallel.ts'
import type { Place } from '../../core/problem.ts'
import type { ValuesLayer } from '../../config/chart-config.ts'
import type { LocatedChart } from '../helm/locate-chart.ts'
import { setValues } from '../helm/set-values.ts'
import { writtenIn, type Keys, type Written } from '../helm/value-leaves.ts'
import { mergedValues } from '../helm/values-files.ts'

/** A field of a rendered object. */
export type Field = { readonly object: KubeObject; readonly path: Keys }

/** The value of a chart that a field comes from: `image.tag`, and where it is written. */
export type ValuePlace = { readonly name: string; readonly at: Place }

type Source = {
  readonly chart: LocatedChart | undefined
  readonly layers: readonly ValuesLayer[]
  /** Renders with one more layer on top; undefined where that cannot be rendered. */
  renderWith(layer: ValuesLayer): Promise<readonly KubeObject[] | undefined>
}

/** More is not tried: each try renders the chart once. */
const mostTries = 12
const mostOfOne = 3

/**
 * Which values make fields what they are, as far as that is certain: the field has to change when that value alone is
 * changed, and with no other value that looks like it. Values in files are looked at, those of a chart in a folder too.
 */
export const valuePlaces = async (
  fields: readonly Field[],
  { chart, layers, renderWith }: Source,
): Promise<readonly (ValuePlace | undefined)[]> => {
  const files = [
    ...(chart?.kind === 'folder' ? [join(chart.path, 'values.yaml')] : []),
    ...layers.flatMap((layer) => ('file' in layer ? [layer.file] : [])),
  ]
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(file, 'utf8').catch(() => '') })),
  )
  // What `set` says counts more than any file.
  const set = await mergedValues(layers.filter((layer) => !('file' in layer))).catch(() => ({}))
  // The last file that sets a value counts.
  const written = new Map(
    texts
      .flatMap(({ file, text }) => writtenIn(text, file))
      .filter(({ keys }) => valueAt(set, ...keys) === undefined)
      .map((one) => [nameOf(one.keys), one]),
  )
  const lower = await mergedValues(files.map((file) => ({ file, at: { file } }))).catch(() => ({}))
  const tries = new Map<string, Promise<readonly KubeObject[] | undefined>>()
  const tryOne = (name: string, one: Written): Promise<readonly KubeObject[] | undefined> => {
    const known = tries.get(name)
    if (known) return known
    if (tries.size >= mostTries) return Promise.resolve(undefined)
    const made = renderWith({ values: setValues({ [name]: other(one.value) }, lower) })
    tries.set(name, made)
    return made
  }
  return inParallel(fields, 2, async (field) => {
    const moved: ValuePlace[] = []
    for (const [name, one] of likely(field, written)) {
      const objects = await tryOne(name, one)
      if (objects && isMoved(field, objects)) moved.push({ name, at: one.at })
    }
    return moved.length === 1 ? moved[0] : undefined
  })
}

/** Values that look like the field, the likeliest first. */
const likely = (
  { object, path }: Field,
  written: ReadonlyMap<string, Written>,
): readonly (readonly [name: string, one: Written])[] => {
  const value = valueAt(object, ...path)
  const text = textOf(value)
  const key = path.findLast((part) => typeof part === 'string')
  return [...written]
    .map(([name, one]) => {
      const own = textOf(one.value)
      const isSame = own !== undefined && own !== '' && own === text
      const isPart = own !== undefined && own.length > 2 && text !== undefined && text.includes(own)
      const isCalledSo = one.keys.at(-1) === key
      return {
        name,
        one,
        score: (isSame ? 4 : isPart ? 1 : 0) + (isCalledSo ? (text === undefined || isSame ? 3 : 1) : 0),
      }
    })
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostOfOne)
    .map(({ name, one }) => [name, one] as const)
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined

const isMoved = ({ object, path }: Field, objects: readonly KubeObject[]): boolean => {
  const same = objects.find((one) => identity(refOf(one)) === identity(refOf(object)))
  return same !== undefined && !isDeepStrictEqual(valueAt(same, ...path), valueAt(object, ...path))
}

/** Another value of the same type; a map or list goes. */
const other = (value: unknown): string | number | boolean | null => {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  return typeof value === 'string' ? `${value}x` : null
}

/** As `set` takes it. */
const nameOf = (keys: Keys): string =>
  keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key.replaceAll(/[.[\\]/g, '\\$&')}`))
    .join('')
    .replace(/^\./, '')
