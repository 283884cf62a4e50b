import type { Config, PatchConfig } from '../../config/config.ts'
import { isRecord } from '../../core/is-record.ts'
import type { Problem } from '../../core/problem.ts'
import { didYouMean } from '../../core/suggest.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Deployable } from '../deployable.ts'
import { matchesKind } from '../kinds/glob.ts'
import { groupOf } from '../kinds/kind.ts'

/** What was rendered of one deployable, nothing left out; undefined where nobody knows yet. */
export type Known = { readonly deployable: Deployable; readonly objects: readonly KubeObject[] | undefined }

/**
 * Entries of `skip`, targets of `patches` and `imagePaths` that meet no object: something else was meant. Said of a
 * service once none of its environments has it; nothing is said where objects are not known yet.
 */
export const namedNothing = (known: readonly Known[], config: Config): readonly Problem[] => [
  ...config.services.flatMap((service): readonly Problem[] => {
    const own = known.filter(({ deployable: { of } }) => of.kind === 'service' && of.name === service.name)
    const objects = own.flatMap((one) => one.objects ?? [])
    const [first] = own
    if (!first || objects.length === 0 || own.some((one) => one.objects === undefined)) return []
    const { patches, skip } = service.deploy
    const base = ['services', service.name, 'deploy']
    const say = (path: readonly (string | number)[], message: string, hint: string): Problem => ({
      severity: 'warning',
      step: first.deployable.id,
      message,
      hint,
      at: config.at([...base, ...path]),
    })
    return [
      ...skip.flatMap((pattern, index) =>
        objects.some((object) => matchesKind(pattern, object))
          ? []
          : [
              say(
                ['skip', index],
                `\`skip\` has ${pattern}, and ${service.name} renders no such kind.`,
                thereIs(objects, pattern),
              ),
            ],
      ),
      ...patches.flatMap((patch, index) =>
        patches.some(changesNames) || objects.some((object) => isTarget(patch.target ?? {}, object))
          ? []
          : [
              say(
                ['patches', index, 'target'],
                `A patch of ${service.name} has the target ${shown(patch.target)}, and nothing that it renders is that: the patch changes nothing.`,
                thereIs(objects, patch.target?.['kind'] ?? ''),
              ),
            ],
      ),
    ]
  }),
  ...pathsToNothing(known, config),
]

const thereIs = (objects: readonly KubeObject[], meant: string): string => {
  const kinds = [...new Set(objects.map(({ kind }) => kind))]
  return didYouMean(meant, kinds, `It renders ${kinds.toSorted().join(', ')}.`)
}

const shown = (target: PatchConfig['target'] = {}): string =>
  `{ ${Object.entries(target)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ')} }`

/** After it an object may be called otherwise, or be gone: its target is not among what was made. */
const changesNames = ({ patch }: PatchConfig): boolean =>
  /\$patch"?\s*:\s*"?delete|\/metadata\/name|path"?\s*:\s*"?\/(?:kind|metadata)"?\s*(?:[,}]|$)/m.test(patch)

/** As kustomize has it: each is a regular expression for the whole. Selectors are left to it. */
const isTarget = (target: NonNullable<PatchConfig['target']>, { apiVersion, kind, metadata }: KubeObject): boolean => {
  const values: Readonly<Record<string, string | undefined>> = {
    group: groupOf(apiVersion),
    version: apiVersion.split('/').at(-1),
    kind,
    name: metadata.name,
    namespace: metadata.namespace,
  }
  return Object.entries(target).every(([key, wanted]) => {
    const value = values[key]
    // The namespace of what names none is that of the service.
    if (value === undefined) return true
    try {
      return new RegExp(`^(?:${wanted})$`).test(value)
    } catch {
      return true
    }
  })
}

/** Add-ons of kindup itself have no kinds of the user's. */
const pathsToNothing = (known: readonly Known[], config: Config): readonly Problem[] => {
  const { imagePaths = [] } = config
  if (imagePaths.length === 0 || known.some(({ deployable: { of }, objects }) => of.kind === 'service' && !objects))
    return []
  const objects = known.flatMap((one) => one.objects ?? [])
  return imagePaths.flatMap(({ kind, path }, index): readonly Problem[] => {
    const meant = objects.filter((object) => matchesKind(kind, object))
    if (meant.some((object) => holds(object, path))) return []
    const what = path.join('.').replaceAll('.[]', '[]')
    return [
      {
        severity: 'warning',
        message:
          meant.length === 0
            ? `\`imagePaths\` names ${kind}, and nothing rendered is of that kind.`
            : `\`imagePaths\` names ${what} of ${kind}, and no ${kind} has anything there.`,
        ...(meant.length === 0 ? { hint: thereIs(objects, kind) } : {}),
        at: config.at(['imagePaths', index]),
      },
    ]
  })
}

const holds = (value: unknown, [key, ...rest]: readonly string[]): boolean => {
  if (key === undefined) return value !== undefined
  if (key === '[]') return Array.isArray(value) && value.some((item) => holds(item, rest))
  return isRecord(value) && Object.hasOwn(value, key) && holds(value[key], rest)
}
