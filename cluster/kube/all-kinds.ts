import { EnvironmentError } from '../../core/errors.ts'
import { listAt, mapsAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { jsonAnswer } from './answers.ts'
import { askServed } from './discovery.ts'
import type { KindsServed, ServedKind } from './kube.ts'
import type { Rest } from './rest.ts'

/**
 * Every kind of which objects can be listed and deleted, once, in the version that its group prefers, asked again: a kind
 * that came since counts. What only looks like objects (the figures of metrics.k8s.io) can be listed, and not deleted.
 */
export const allKinds = async (rest: Rest): Promise<KindsServed> => {
  const { text } = await rest.ask({ method: 'GET', path: '/apis', doing: 'tell what it serves' })
  const versions = ['v1', ...mapsAt(jsonAnswer(text, 'tell what it serves'), 'groups').flatMap(versionsOf)]
  const answers = await Promise.all(
    versions.map(async (apiVersion) => {
      try {
        return { kinds: await askServed(rest, apiVersion) }
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error
        return { apiVersion, why: error.message }
      }
    }),
  )
  const kinds = new Map<string, ServedKind>()
  for (const { kinds: served = [] } of answers)
    for (const kind of served)
      if (['list', 'delete'].every((verb) => kind.verbs?.includes(verb)) && !kinds.has(resourceOf(kind)))
        kinds.set(resourceOf(kind), kind)
  return { kinds: [...kinds.values()], unanswered: answers.flatMap((answer) => (answer.kinds ? [] : [answer])) }
}

/** The preferred one first. */
const versionsOf = (group: Fields): readonly string[] => [
  ...new Set(
    [valueAt(group, 'preferredVersion'), ...listAt(group, 'versions')].flatMap(
      (version) => textAt(version, 'groupVersion') ?? [],
    ),
  ),
]

const resourceOf = ({ apiVersion, plural }: ServedKind): string =>
  `${plural}.${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}`
