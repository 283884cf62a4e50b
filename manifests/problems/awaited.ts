import { showPlace, type Problem } from '../../core/problem.ts'
import { groupOf } from '../kinds/kind.ts'

type Told = readonly (readonly [id: string, problems: readonly Problem[]])[]

/**
 * Says kinds that nothing in the plan serves with what may bring them once it is rendered: there is one cause, and it stands there.
 * `bringers`: the steps that are not rendered yet and may bring kinds of a group.
 */
export const withAwaited = (told: Told, bringers: (group: string) => readonly string[]): Told => {
  const awaited = told.flatMap(([, problems]) => problems.filter((one) => one.awaits))
  if (awaited.length === 0) return told
  const all = told.flatMap(([, problems]) => problems)
  const groups = Map.groupBy(awaited, ({ awaits }) => groupOf(awaits?.apiVersion ?? ''))
  const added = new Map<Problem, { readonly those: readonly Problem[]; readonly others: readonly string[] }[]>()
  const said = new Set<Problem>()
  for (const [group, those] of groups) {
    const ids = bringers(group)
    const id = ids.find((one) => isNamedAfter(group, one)) ?? ids[0]
    const root = all.find((one) => one.step === id && isUnrendered(one))
    if (!root) continue
    // The same chart elsewhere is said in the same sentence.
    const same = all.filter((one) => one.cause === root.cause)
    const others = ids.filter((one) => !same.some(({ step }) => step === one))
    for (const one of same) added.set(one, [...(added.get(one) ?? []), { those, others }])
    for (const one of those) said.add(one)
  }
  return told.map(([id, problems]) => [
    id,
    problems.flatMap((one) => (said.has(one) ? [] : [(added.get(one) ?? []).reduce(extended, one)])),
  ])
}

const isUnrendered = ({ untilUp, cause }: Problem): boolean => untilUp === true && cause !== undefined

/** `addon/cert-manager` of `cert-manager.io` */
const isNamedAfter = (group: string, id: string): boolean => {
  const name = id.replace(/^[a-z]+\//, '').replace(/@.*$/, '')
  return group.includes(name) || name.includes(group.split('.')[0] ?? group)
}

const extended = (
  one: Problem,
  { those, others }: { readonly those: readonly Problem[]; readonly others: readonly string[] },
): Problem => {
  const versions = Map.groupBy(
    those.flatMap(({ awaits }) => awaits ?? []),
    ({ apiVersion }) => apiVersion,
  )
  const kinds = list.format(
    [...versions].map(([version, some]) => `${list.format([...new Set(some.map(({ kind }) => kind))])} of ${version}`),
  )
  const or =
    others.length === 0 ? '' : others.length === 1 ? `, or ${others[0]} may` : ', or others that are not known yet may'
  const end = ` may bring ${kinds}, which nothing else in the plan serves${or}.`
  const skipped = [...new Set(those.map(({ awaits }) => `"${awaits?.kind}.${groupOf(awaits?.apiVersion ?? '')}"`))]
  return {
    ...one,
    message: `${one.message} It${end}`,
    ...(one.cause === undefined ? {} : { cause: `${one.cause} They${end}` }),
    hint: `If not, add what brings ${skipped.length === 1 ? 'it' : 'them'} (an add-on, or definitions under \`crds:\`), or leave ${skipped.length === 1 ? 'it' : 'them'} out: \`skip: [${skipped.join(', ')}]\`.`,
    also: {
      steps: [...new Set([...(one.also?.steps ?? []), ...those.flatMap(({ step }) => step ?? [])])],
      places: [
        ...new Map(
          [...(one.also?.places ?? []), ...those.flatMap(({ at }) => at ?? [])].map((at) => [showPlace(at), at]),
        ).values(),
      ],
    },
  }
}

const list = new Intl.ListFormat('en', { type: 'conjunction' })
