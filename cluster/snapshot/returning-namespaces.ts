import type { Difference, Keys } from './difference.ts'
import { readStored } from './stored-object.ts'

const prefix = '/registry/namespaces/'
/** Controllers that count the pods which they asked for; a StatefulSet's does not. */
const counting = ['replicasets', 'daemonsets', 'jobs', 'controllers']

/** Namespaces of the snapshot that are gone, or are being deleted. */
export type ReturningNamespaces = Pick<Difference, 'puts'> & {
  readonly names: readonly string[]
  /** Those that are being deleted. */
  readonly ending: ReadonlySet<string>
}

export const returningNamespaces = (saved: Keys, live: Keys): ReturningNamespaces => {
  const puts = [...saved].filter(([key, value]) => {
    const now = live.get(key)
    return key.startsWith(prefix) && !isEnding(value) && (now === undefined || isEnding(now))
  })
  const names = puts.map(([key]) => key.slice(prefix.length))
  return { puts, names, ending: new Set(names.filter((name) => live.has(`${prefix}${name}`))) }
}

/**
 * What has to go for a moment before it is put back. A pod that an ending namespace refuses is counted as asked for, and for five minutes
 * no other one is made: https://github.com/kubernetes/kubernetes/blob/v1.36.4/pkg/controller/replicaset/replica_set.go (manageReplicas).
 * That the object is deleted is what makes its controller forget the count.
 */
export const miscounted = (live: Keys, ending: ReadonlySet<string>): readonly string[] =>
  [...live.keys()].filter((key) => {
    const [, , kind = '', namespace = ''] = key.split('/')
    return counting.includes(kind) && ending.has(namespace)
  })

const isEnding = (value: string): boolean => readStored(Buffer.from(value, 'base64'))?.isGoing === true
