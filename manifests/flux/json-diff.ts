import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../core/is-record.ts'

export type Operation = { readonly op: 'add' | 'replace' | 'remove'; readonly path: string; readonly value?: unknown }

/** The JSON patch (RFC 6902) that makes the one of the other. Lists of another length are replaced as a whole. */
export const jsonDiff = (before: unknown, after: unknown, path = ''): readonly Operation[] => {
  if (isDeepStrictEqual(before, after)) return []
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item: unknown, index) => jsonDiff(item, after[index], `${path}/${index}`))
  if (!isRecord(before) || !isRecord(after)) return [{ op: 'replace', path, value: after }]
  const at = (key: string): string => `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return [
    ...Object.keys(before)
      .filter((key) => after[key] === undefined)
      .map((key): Operation => ({ op: 'remove', path: at(key) })),
    ...Object.entries(after).flatMap(([key, value]): readonly Operation[] => {
      if (value === undefined) return []
      return before[key] === undefined ? [{ op: 'add', path: at(key), value }] : jsonDiff(before[key], value, at(key))
    }),
  ]
}
