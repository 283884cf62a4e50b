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
  if (rules === undefined) {
    const { copiedBy } = await import('./copied.ts')
    return copiedBy(dockerfile, args, target)
  }
  return (path) => {
    const to = rules.flatMap((rule) => {
      if (rule.from === path) return [rule.to.endsWith('/') ? posix.join(rule.to, posix.basename(path)) : rule.to]
      const inside = rule.from === '' ? path : path.startsWith(`${rule.from}/`) ? path.slice(rule.from.length + 1) : ''
      return inside === '' ? [] : [posix.join(rule.to, inside)]
    })
    return to.length === 0 ? { built: 'no rule of its sync names it' } : { to: [...new Set(to)] }
  }
}
