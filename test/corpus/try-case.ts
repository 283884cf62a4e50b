import type { Fields } from '../../core/fields.ts'
import type { Case } from './case.ts'
import { byKindup, afterPostRenderer, type KindupDeps } from './by-kindup.ts'
import { differencesOf, pairsOf, type Difference } from './compare.ts'
import { isOfTheApi } from './of-the-api.ts'
import { purposes } from './on-purpose.ts'
import { byTool, home, isRefused, readByKubectl, type Read, type Told } from './tool.ts'

/**
 * `same`: but for what kindup changes on purpose. `differs`: something else is sent. `crashes`: a defect.
 * `refused`: kindup refuses what the tool takes. `taken`: the other way round. `neither`: both refuse.
 */
export type Outcome = 'same' | 'differs' | 'crashes' | 'refused' | 'taken' | 'neither'

export type Result = {
  readonly id: string
  readonly kind: Case['kind']
  readonly outcome: Outcome
  readonly objects: number
  /** What differs, what was said, or where it crashed. */
  readonly lines: readonly string[]
  /** What was changed on purpose, and in how many places. */
  readonly onPurpose: Readonly<Record<string, number>>
  readonly warnings: readonly string[]
  readonly toolMs: number
  readonly kindupMs: number
}

/** Renders a case both ways and compares. */
export const tryCase = async (one: Case, deps: KindupDeps): Promise<Result> => {
  const onPurpose: Record<string, number> = {}
  let began = performance.now()
  const lap = (): number => {
    const now = performance.now()
    const took = Math.round(now - began)
    began = now
    return took
  }
  const result = (outcome: Outcome, lines: readonly string[], more: Partial<Result> = {}): Result => ({
    id: one.id,
    kind: one.kind,
    outcome,
    lines,
    onPurpose,
    objects: 0,
    warnings: [],
    toolMs: 0,
    kindupMs: 0,
    ...more,
  })
  try {
    const ours = await byKindup(one, deps)
    const kindupMs = lap()
    const said = await byTool(one, deps, ours.told)
    const toolMs = lap()
    const post =
      one.kind === 'chart' && !isRefused(said) && ours.text !== undefined
        ? await afterPostRenderer(one, said.text, ours.told, deps)
        : undefined
    const texts = [isRefused(said) ? undefined : said.text, ours.text, post && !isRefused(post) ? post.text : undefined]
    const reads = await readByKubectl(
      texts.map((text) => text ?? ''),
      deps,
    )
    const [sent = { objects: [] }, rendered, posted] = [isRefused(said) ? said : reads[0], ...reads.slice(1)]
    const errors = ours.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)
    const more = {
      toolMs,
      kindupMs,
      warnings: ours.problems.filter(({ severity }) => severity === 'warning').map(({ message }) => message),
    }
    if (isRefused(sent)) {
      const why = [`the tool: ${sent.refused.slice(-400)}`]
      return errors.length > 0 ? result('neither', [...why, ...errors], more) : result('taken', why, more)
    }
    if (isRefused(said)) throw new Error('it was read without being rendered')
    const counted = { ...more, objects: sent.objects.length }
    let random: ReadonlySet<string> | undefined
    const compared = async (read: Read | undefined, ordered: boolean, who: string): Promise<readonly string[]> => {
      if (!read) return []
      if (isRefused(read)) return [`${who}: kubectl cannot read it: ${read.refused}`]
      const { pairs, differences } = pairsOf(sent.objects, read.objects, { home, ordered })
      const inside = pairs.flatMap((pair) =>
        differencesOf(pair).filter((difference) => {
          const purpose = purposes.find(({ explains }) => explains(difference, pair, home))
          if (purpose) onPurpose[purpose.what] = (onPurpose[purpose.what] ?? 0) + 1
          return !purpose
        }),
      )
      // What is wrong is said, and not rendered.
      const all = [...differences.filter((alone) => errors.length === 0 || alone.ours !== undefined), ...inside]
      if (all.length > 0 && one.kind === 'chart') random ??= await randomPlaces(one, sent.objects, ours.told, deps)
      return all.filter((difference) => !random?.has(placeOf(difference))).map((left) => `${who}: ${line(left)}`)
    }
    const nothing = ours.text === undefined && sent.objects.length > 0 && errors.length === 0
    const lines = [
      ...(nothing ? ['render: there is nothing'] : []),
      ...(await compared(ours.text === undefined ? undefined : rendered, true, 'render')),
      // helm sorts once more.
      ...(post && isRefused(post)
        ? [`post-renderer: ${post.refused.slice(-400)}`]
        : await compared(post ? posted : undefined, false, 'post-renderer')),
    ]
    if (lines.length > 0) return result('differs', [...lines, ...errors], counted)
    return result(errors.some((error) => !isOfTheApi(error)) ? 'refused' : 'same', errors, counted)
  } catch (error) {
    return result('crashes', [error instanceof Error ? (error.stack ?? error.message) : String(error)])
  }
}

const placeOf = ({ object, path }: Difference): string => [object, ...path].join('\0')

/** Where the tool itself answers something else each time: passwords and certificates that templates draw, times of the day. */
const randomPlaces = async (
  one: Case,
  before: readonly Fields[],
  told: Told,
  deps: KindupDeps,
): Promise<ReadonlySet<string>> => {
  const said = await byTool(one, deps, told)
  const [after] = isRefused(said) ? [] : await readByKubectl([said.text], deps)
  if (!after || isRefused(after)) return new Set()
  const { pairs, differences } = pairsOf(before, after.objects, { home, ordered: false })
  const inside = pairs.flatMap(differencesOf)
  // What is drawn for `stringData` is sent as `data`.
  const encoded = inside.flatMap(({ path: [first, key], ...rest }) =>
    first === 'stringData'
      ? [
          { ...rest, path: ['data'] },
          { ...rest, path: ['data', ...(key === undefined ? [] : [key])] },
        ]
      : [],
  )
  return new Set([...differences, ...inside, ...encoded].map(placeOf))
}

const line = ({ object, path, sent, ours }: Difference): string =>
  `${object} ${path.join('.')}: ${shown(sent)} is sent, ${shown(ours)} by kindup`

const shown = (value: unknown): string => {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 117)}...` : text
}
