import type { Deployable } from '../deployable.ts'
import { madeBy } from './known-keys.ts'
import type { SecretSource } from './read-secrets.ts'
import { secretId } from './undo.ts'

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
 * itself wait for the copy.
 */
export const copyNeeds = (
  sources: readonly SecretSource[],
  planned: readonly Planned[],
): ReadonlyMap<string, readonly string[]> => {
  const graph = new Map(planned.map(({ deployable, needs }) => [deployable.id, [...deployable.needs, ...needs]]))
  const found = new Map<string, readonly string[]>()
  for (const { secret } of sources) {
    const { key, from } = secret
    if (from.secret === undefined) continue
    const [namespace = ''] = from.secret.split('/')
    const ours = madeBy(from.secret, sources)
    const renders = planned.filter(({ secrets }) => secrets.includes(from.secret ?? ''))
    const near = planned.filter(({ deployable }) => deployable.namespace === namespace)
    const needs = ours
      ? [secretId(ours.secret.key)]
      : renders.length > 0
        ? renders.map(({ deployable }) => deployable.id)
        : near.map(({ deployable }) => deployable.id).filter((id) => !reaches(id, secretId(key), graph))
    graph.set(secretId(key), needs)
    found.set(key, needs)
  }
  return found
}

const reaches = (
  from: string,
  to: string,
  graph: ReadonlyMap<string, readonly string[]>,
  seen = new Set<string>(),
): boolean => {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (graph.get(from) ?? []).some((need) => reaches(need, to, graph, seen))
}
