import { ConfigError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { madeBy } from './known-keys.ts'
import type { SecretSource } from './source.ts'
import { secretId } from './id.ts'

/** A deployable with what is known of its objects. */
export type Planned = {
  readonly deployable: Deployable
  /** What else it needs, by its objects. */
  readonly needs: readonly string[]
  /** `namespace/name` of every Secret that it renders. */
  readonly secrets: readonly string[]
}

/**
 * The steps that a copy waits for, by the secret's key: the one that makes what it copies or, where nothing that is
 * rendered tells, everything that is deployed to that namespace (an operator makes Secrets nobody renders) and does not
 * itself wait for the copy. Throws ConfigError where what makes the source waits for the copy: nobody wrote those needs.
 */
export const copyNeeds = (
  sources: readonly SecretSource[],
  planned: readonly Planned[],
): ReadonlyMap<string, readonly string[]> => {
  const graph = new Map(planned.map(({ deployable, needs }) => [deployable.id, [...deployable.needs, ...needs]]))
  const found = new Map<string, readonly string[]>()
  const set = (key: string, needs: readonly string[]): void => {
    graph.set(secretId(key), [...needs])
    found.set(key, needs)
  }
  const copies = sources.flatMap(({ secret: { key, from }, at }) =>
    from.secret === undefined
      ? []
      : [{ key, at, copied: from.secret, makers: makersOf(from.secret, sources, planned) }],
  )
  for (const { key, makers } of copies) if (makers.length > 0) set(key, makers)
  refuseCircles(copies, graph)
  // Guesses last: they give way to what is known.
  for (const { key, copied, makers } of copies) {
    if (makers.length > 0) continue
    const [namespace = ''] = copied.split('/')
    const near = planned.filter(({ deployable }) => deployable.namespace === namespace)
    const ids = near.map(({ deployable }) => deployable.id)
    set(
      key,
      ids.filter((id) => !wayTo(secretId(key), id, graph)),
    )
  }
  return found
}

/** Steps that are known to make a Secret. */
const makersOf = (
  reference: string,
  sources: readonly SecretSource[],
  planned: readonly Planned[],
): readonly string[] => {
  const ours = madeBy(reference, sources)
  if (ours) return [secretId(ours.secret.key)]
  return planned.filter(({ secrets }) => secrets.includes(reference)).map(({ deployable }) => deployable.id)
}

type Copy = Pick<SecretSource, 'at'> & {
  readonly key: string
  /** `namespace/name` */
  readonly copied: string
  readonly makers: readonly string[]
}

const refuseCircles = (copies: readonly Copy[], graph: Graph): void => {
  const problems = copies.flatMap(({ key, at, copied, makers }): readonly Problem[] => {
    const step = secretId(key)
    const [way] = makers.flatMap((maker) => {
      const found = wayTo(step, maker, graph)
      return found ? [found] : []
    })
    if (!way) return []
    const through = way.length > 2 ? ` (${way.join(' → ')})` : ''
    return [
      {
        severity: 'error',
        step,
        at,
        message: `${step} is a copy of ${copied}, which ${way[0]} makes, and that waits for ${step}${through}.`,
        hint: `None of them can be first: let what reads the copy read ${copied} itself, or make that in another way.`,
      },
    ]
  })
  if (problems.length > 0) throw new ConfigError('Copies of Secrets wait for themselves.', { problems })
}

type Graph = ReadonlyMap<string, readonly string[]>

/** A way along the needs of `from` that ends at `to`, both included. */
const wayTo = (to: string, from: string, graph: Graph, seen = new Set<string>()): readonly string[] | undefined => {
  if (from === to) return [to]
  if (seen.has(from)) return undefined
  seen.add(from)
  for (const need of graph.get(from) ?? []) {
    const rest = wayTo(to, need, graph, seen)
    if (rest) return [from, ...rest]
  }
  return undefined
}
