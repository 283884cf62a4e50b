import { posix } from 'node:path'
import type { BuildConfig, SyncConfig } from '../../config/config.ts'
import type { Destinations } from './copied.ts'
import type { BuildReading } from './held-back.ts'

/** Where each file of a build context comes to be: by the rules of the file, or by the Dockerfile where it has none. */
export const destinationsOf = async (
  { rules }: SyncConfig,
  { target }: Pick<BuildConfig, 'target'>,
  { dockerfile, args }: Pick<BuildReading, 'dockerfile' | 'args'>,
): Promise<(path: string) => Destinations> => {
  const { copiedBy, givenBy } = await import('./copied.ts')
  if (rules === undefined) return copiedBy(dockerfile, args, target)
  const givenOf = givenBy(dockerfile, args, target)
  return (path) => {
    const to = rules.flatMap((rule) => {
      if (rule.from === path) return [rule.to.endsWith('/') ? posix.join(rule.to, posix.basename(path)) : rule.to]
      const inside = rule.from === '' ? path : path.startsWith(`${rule.from}/`) ? path.slice(rule.from.length + 1) : ''
      return inside === '' ? [] : [posix.join(rule.to, inside)]
    })
    if (to.length === 0) return { built: 'no rule of its sync names it' }
    const given = givenOf(path)
    return given === undefined ? { to: [...new Set(to)] } : { built: given }
  }
}
