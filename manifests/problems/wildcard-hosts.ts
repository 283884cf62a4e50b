import type { HostsConfig } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import type { RenderedObject } from '../deployable.ts'
import { unusedWildcards, type Around } from '../kinds/hosts.ts'
import { lineWith } from './line-with.ts'

/** Wildcards that objects answer to and under which no name is used: a hosts file cannot say them. `used`: names that somebody writes. */
export const wildcardProblems = (
  step: string,
  documents: readonly RenderedObject[],
  { mode, used, around }: Pick<HostsConfig, 'mode'> & { readonly used: readonly string[]; readonly around: Around },
): readonly Problem[] => {
  if (mode === 'none') return []
  const said = new Set<string>()
  return documents.flatMap(({ object, at }) =>
    unusedWildcards(object, used, around).flatMap((host): readonly Problem[] => {
      if (said.has(host)) return []
      said.add(host)
      return [
        {
          severity: 'warning',
          message: `${showRef(refOf(object))} answers to ${host}, and a hosts file knows no wildcards: ${fate(host)}.`,
          at: lineWith(host, at),
          step,
          hint: `Name those that you need: \`hosts: { extra: [${host.replace('*', 'a')}] }\`. Names that smoke tests ask, and those that services declare, are written by themselves.`,
        },
      ]
    }),
  )
}

/** RFC 6761 has every name under `.localhost` lead here, and not every resolver follows it: glibc's asks a hosts file and the network. */
const fate = (host: string): string =>
  host.endsWith('.localhost')
    ? 'no name under it is written. Browsers, curl and systemd-resolved lead names under .localhost to this machine by themselves, other programs may not'
    : 'no name under it is written, and none resolves'
