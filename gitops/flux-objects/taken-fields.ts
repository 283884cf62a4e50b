import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { managers } from '../hand-over.ts'

/**
 * Whether somebody else holds a field of a live object with another value than what Flux was to apply. What Flux holds is as it
 * applied it, whatever its Kustomization made of the files; a field that is gone may have been taken out by a patch of it.
 */
export const hasTakenFields = (written: KubeObject, live: KubeObject, ignored: readonly string[] = []): boolean => {
  const own = mapsAt(live, 'metadata', 'managedFields').find(
    (entry) => textAt(entry, 'manager') === managers.flux && textAt(entry, 'operation') === 'Apply',
  )
  // Nothing tells who brought it.
  if (!own) return false
  const { metadata, apiVersion: _version, kind: _kind, status: _status, ...rest } = written
  const { labels, annotations } = metadata
  const parts = { ...rest, metadata: { ...(labels && { labels }), ...(annotations && { annotations }) } }
  return isTaken(parts, live, fieldsAt(own, 'fieldsV1'), '', ignored)
}

const isTaken = (written: unknown, live: unknown, held: unknown, path: string, ignored: readonly string[]): boolean => {
  if (live === undefined || ignored.includes(path)) return false
  if (isRecord(written)) {
    if (isRecord(held) && Object.keys(held).length === 0) return false
    return Object.entries(written).some(([key, inner]) =>
      isTaken(inner, fieldsAt(live)[key], fieldsAt(held)[`f:${key}`], path === '' ? key : `${path}.${key}`, ignored),
    )
  }
  if (Array.isArray(written)) return isItemTaken(written, live, held, { path, ignored })
  // What Flux fills in later is not known here, and neither is how the API writes a quantity.
  if (held !== undefined || (typeof written === 'string' && written.includes('${'))) return false
  return typeof written === typeof live && written !== live
}

/** Of lists whose items have a key: each item by that. Any other list is held as a whole. */
const isItemTaken = (
  written: readonly unknown[],
  live: unknown,
  held: unknown,
  { path, ignored }: { readonly path: string; readonly ignored: readonly string[] },
): boolean => {
  // Flux no longer owns this list: somebody else set it.
  if (held === undefined) return written.every((item) => typeof item === 'string') && !isDeepStrictEqual(written, live)
  const keyed = Object.entries(fieldsAt(held)).flatMap(([key, inner]) =>
    key.startsWith('k:') ? [{ by: keyOf(key), inner }] : [],
  )
  return written.some((item) => {
    const found = keyed.find(({ by }) => isPart(by, item))
    return (
      found !== undefined &&
      isTaken(
        item,
        mapsAt(live).find((one) => isPart(found.by, one)),
        found.inner,
        path,
        ignored,
      )
    )
  })
}

const keyOf = (key: string): Fields => fieldsAt(JSON.parse(key.slice(2)))

/** An item that is written may leave out what has a default. */
const isPart = (by: Fields, item: unknown): boolean =>
  isRecord(item) && Object.entries(by).every(([key, value]) => item[key] === undefined || item[key] === value)
