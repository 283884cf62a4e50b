import type { HostsConfig } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { RenderedObject } from '../deployable.ts'
import { namesUnder, writtenHosts } from '../kinds/hosts.ts'
import { lineWith } from './line-with.ts'

/** Wildcards that objects answer to and that no name under `hosts.extra` fills: a hosts file cannot say them. */
export const wildcardProblems = (
  step: string,
  documents: readonly RenderedObject[],
  { mode, extra }: HostsConfig,
): readonly Problem[] => {
  if (mode === 'none') return []
  const said = new Set<string>()
  return documents.flatMap(({ object, at }) =>
    writtenHosts(object).flatMap((host): readonly Problem[] => {
      if (!host.startsWith('*.') || said.has(host) || namesUnder(host, extra).length > 0) return []
      said.add(host)
      return [
        {
          severity: 'warning',
          message: `${showRef(refOf(object))} answers to ${host}, and a hosts file knows no wildcards: no name under it is written.`,
          at: lineWith(host, at),
          step,
          hint: `Name those that you need: \`hosts: { extra: [${host.replace('*', 'a')}] }\`.`,
        },
      ]
    }),
  )
}
