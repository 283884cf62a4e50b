import { afterStop } from '../../core/bound.ts'

type Names = {
  /** The id of what a name means; undefined where it means nothing. */
  readonly idOf: (name: string) => Promise<string | undefined>
  readonly tag: (ref: string, as: string) => Promise<void>
  readonly untag: (name: string) => Promise<void>
}

/**
 * For builders that know no build contexts: during the work names mean other images, and afterwards what they meant
 * before, or nothing. One piece of work at a time: two that lend one name would put back each other's.
 */
export const lending = ({ idOf, tag, untag }: Names) => {
  let last: Promise<unknown> = Promise.resolve()
  const lent = async (names: readonly (readonly [name: string, ref: string])[], work: () => Promise<void>) => {
    const before = await Promise.all(names.map(async ([name]) => [name, await idOf(name)] as const))
    try {
      for (const [name, ref] of names) await tag(ref, name)
      await work()
    } finally {
      const giveBack = async (): Promise<void> => {
        for (const [name, id] of before) await (id === undefined ? untag(name) : tag(id, name))
      }
      await afterStop(giveBack)
    }
  }
  return (bases: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> => {
    const names = Object.entries(bases)
    if (names.length === 0) return work()
    const done = last.then(() => lent(names, work))
    last = done.catch(() => undefined)
    return done
  }
}
